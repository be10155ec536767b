#include "api/rest/routes/poll.hpp"

#include "api/rest/routes/query_reader.hpp"

namespace tutti::rest {

namespace poll_detail {

constexpr int32_t single_poll_timeout_ms = 100;

poll_tasks who_polls(query_reader& query, std::string_view task_type) {
  poll_tasks what;
  what.task_type = task_type;
  what.domain = query.text("domain");
  what.worker_id = query.text("workerid");
  return what;
}

response task_list(polled&& got) {
  size_t size = 2;
  for (auto& task : got.tasks)
    size += task.size() + 1;
  std::string out;
  out.reserve(size);
  out += '[';
  for (auto& task : got.tasks) {
    if (out.size() > 1)
      out += ',';
    out += task;
  }
  out += ']';
  auto all = json(std::move(out));
  all.is_bounded = true; // by the queue
  return all;
}

void single(const context_pointer& context, exchange_pointer x,
            std::string_view task_type) {
  query_reader query(*x);
  auto what = who_polls(query, task_type);
  what.timeout_ms = single_poll_timeout_ms;
  if (auto why = context->admission.bound(what))
    return refuse(*x, *why);
  send_poll(*context, std::move(x), std::move(what), one_task);
}

void batch(const context_pointer& context, exchange_pointer x,
           std::string_view task_type) {
  query_reader query(*x);
  auto what = who_polls(query, task_type);
  what.count = query.number("count", 1);
  what.timeout_ms = query.number("timeout", 100);
  if (query.failure())
    return refuse(*x, *query.failure());
  if (auto why = context->admission.bound(what))
    return refuse(*x, *why);
  send_poll(*context, std::move(x), std::move(what), task_list);
}

} // namespace poll_detail

route_table poll_routes(const context_pointer& context) {
  using namespace poll_detail;
  return {
      {method::get, "/api/tasks/poll/{tasktype}", permission::task_poll,
       serve(context, single)},
      {method::get, "/api/tasks/poll/batch/{tasktype}", permission::task_poll,
       serve(context, batch)},
  };
}

} // namespace tutti::rest
