#include "api/rest/routes/poll.hpp"

#include "api/rest/routes/query_reader.hpp"

#include <algorithm>

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
  return json(std::move(out));
}

void single(const route_context& context, exchange_pointer x,
            std::string_view task_type) {
  query_reader query(*x);
  auto what = who_polls(query, task_type);
  what.timeout_ms = single_poll_timeout_ms;
  send_poll(context, std::move(x), std::move(what), one_task);
}

void batch(const route_context& context, exchange_pointer x,
           std::string_view task_type) {
  query_reader query(*x);
  auto what = who_polls(query, task_type);
  auto count = query.number("count", 1);
  what.timeout_ms = query.number("timeout", 100);
  if (query.failure())
    return refuse(*x, *query.failure());
  auto most = context.settings.poll_timeout_ms_max;
  if (what.timeout_ms > most)
    return refuse(*x, "query parameter 'timeout' is "
                          + std::to_string(what.timeout_ms)
                          + " ms, a long poll may last at most "
                          + std::to_string(most) + " ms");
  if (count <= 0)
    what.timeout_ms = 0; // one immediate look
  what.count = std::clamp(count, 1, context.settings.poll_count_max);
  send_poll(context, std::move(x), std::move(what), task_list);
}

} // namespace poll_detail

void add_poll(route_table& to, const context_pointer& context) {
  to.get("/api/tasks/poll/{tasktype}",
         [=](exchange_pointer x, const path_params& path) {
           poll_detail::single(*context, std::move(x), path[0]);
         });
  to.get("/api/tasks/poll/batch/{tasktype}",
         [=](exchange_pointer x, const path_params& path) {
           poll_detail::batch(*context, std::move(x), path[0]);
         });
}

} // namespace tutti::rest
