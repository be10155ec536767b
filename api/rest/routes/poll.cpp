#include "api/rest/routes/poll.hpp"

#include "api/rest/routes/query_reader.hpp"

namespace tutti::rest {

namespace poll_detail {

constexpr int32_t single_poll_timeout_ms = 100;

constexpr auto domain = text_of("domain");
constexpr auto worker_id = text_of("workerid");
constexpr auto count = number_of("count", 1, "1");
constexpr auto timeout = number_of("timeout", 100, "100");

poll_tasks who_polls(query_reader& query, std::string_view task_type) {
  poll_tasks what;
  what.task_type = task_type;
  what.domain = query.read(domain);
  what.worker_id = query.read(worker_id);
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
  what.count = query.read(count);
  what.timeout_ms = query.read(timeout);
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
       serve(context, single),
       about("Takes a task as a worker.")
           .with(worker_id, domain)
           .answers("Task")
           .or_204()},
      {method::get, "/api/tasks/poll/batch/{tasktype}", permission::task_poll,
       serve(context, batch),
       about("Takes several tasks as a worker.")
           .with(worker_id, domain, count, timeout)
           .answers("[Task]")},
  };
}

} // namespace tutti::rest
