#include "api/rest/routes/answering.hpp"
#include "api/rest/routes/query_reader.hpp"
#include "messages/model/codec.hpp"

#include <algorithm>

namespace tutti::rest {

// Messages to executions, and messages that EVENT tasks published.

namespace messages_detail {

constexpr auto count_argument = long_of("count", 10, "10");

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

void push(const context_pointer& context, exchange_pointer x,
          std::string_view id) {
  auto content = read_object(x->body(), "message");
  if (!content)
    return refuse(*x, content.failure());
  auto from = x->context();
  auto done = [x = std::move(x)](result<answer> got) {
    x->reply(got ? as_text(std::move(*got)) : refusal(got.failure()));
  };
  context->gateway->ask(
      call_workflow{std::string(id),
                    command::push_message{std::move(*content)}},
      std::move(from), reply<answer>(std::move(done)));
}

void peek(const context_pointer& context, exchange_pointer x,
          std::string_view queue) {
  query_reader query(*x);
  auto count = query.read(count_argument);
  if (query.failure())
    return refuse(*x, *query.failure());
  peek_event_queue ask;
  ask.queue = queue;
  ask.count = uint64_t(std::clamp<int64_t>(count, 0, 1'000));
  post(*context, std::move(x), std::move(ask), as_json);
}

void acknowledge(const context_pointer& context, exchange_pointer x,
                 const path_params& path) {
  acknowledge_event what;
  what.queue = path["queue"];
  what.message_id = path["messageId"];
  post(*context, std::move(x), std::move(what), [](acknowledged&& got) {
    return got.found ? response{}
                     : error(404, "there is no such message in the queue");
  });
}

} // namespace messages_detail

route_table message_routes(const context_pointer& context) {
  using namespace messages_detail;
  const std::string queue = "/api/tutti/event-queues/{queue}/messages";
  return {
      {method::post, "/api/workflow/{workflowId}/messages",
       permission::workflow_control, serve(context, push),
       about("Sends a message to an execution; answers the message's id.")
           .takes("map")
           .answers("text")},
      {method::get, queue, permission::queue_read, serve(context, peek),
       about("The oldest messages of an internal event queue.")
           .with(count_argument)
           .answers("[map]")},
      {method::delete_, queue + "/{messageId}", permission::queue_control,
       serve(context, acknowledge),
       about("Removes a message from an internal event queue.")},
  };
}

} // namespace tutti::rest
