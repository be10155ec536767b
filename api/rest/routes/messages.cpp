#include "api/rest/routes/answering.hpp"
#include "api/rest/routes/query_reader.hpp"
#include "messages/model/codec.hpp"

#include <algorithm>

namespace tutti::rest {

// Messages to executions, and what EVENT tasks published.

namespace messages_detail {

/// Refusals of a push are bare text, as upstream's.
response refusal(const failure& why) {
  switch (why.code) {
    case errc::not_found:
      return text(why.message, 404);
    case errc::conflict:
      return text(why.message, 409);
    case errc::too_many:
      return text(why.message, 429);
    default:
      return to_response(why);
  }
}

void push(const route_context& context, exchange_pointer x,
          std::string_view id) {
  auto content = read_object(x->body(), "message");
  if (!content)
    return refuse(*x, content.failure());
  call_workflow message;
  message.workflow_id = id;
  message.what = command::push_message{std::move(*content)};
  message.done = reply<answer>([x = std::move(x)](result<answer> got) {
    x->reply(got ? text(std::move(got->text)) : refusal(got.failure()));
  });
  context.gateway->send(std::move(message));
}

void peek(const route_context& context, exchange_pointer x,
          std::string_view queue) {
  query_reader query(*x);
  auto count = query.long_number("count", 10);
  if (query.failure())
    return refuse(*x, *query.failure());
  event_queue_query ask;
  ask.queue = queue;
  ask.count = size_t(std::clamp<int64_t>(count, 0, 1'000));
  ask.done = answer_json(std::move(x));
  context.gateway->send(std::move(ask));
}

void acknowledge(const route_context& context, exchange_pointer x,
                 std::string_view queue, std::string_view message) {
  event_queue_query ask;
  ask.what = event_queue_query::kind::acknowledge;
  ask.queue = queue;
  ask.message_id = message;
  ask.done = answer_by<answer>(std::move(x), [](answer&& got) {
    return got.effective ? response{}
                         : error(404, "there is no such message in the queue");
  });
  context.gateway->send(std::move(ask));
}

} // namespace messages_detail

void add_messages(route_table& to, const context_pointer& context) {
  namespace detail = messages_detail;
  to.post("/api/workflow/{workflowId}/messages",
          [=](exchange_pointer x, const path_params& path) {
            detail::push(*context, std::move(x), path[0]);
          });
  to.get("/api/tutti/event-queues/{queue}/messages",
         [=](exchange_pointer x, const path_params& path) {
           detail::peek(*context, std::move(x), path[0]);
         });
  to.remove("/api/tutti/event-queues/{queue}/messages/{messageId}",
            [=](exchange_pointer x, const path_params& path) {
              detail::acknowledge(*context, std::move(x), path[0], path[1]);
            });
}

} // namespace tutti::rest
