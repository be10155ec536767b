#include "api/rest/routes/answering.hpp"
#include "api/rest/routes/query_reader.hpp"

#include <algorithm>

namespace tutti::rest {

namespace tasks_detail {

void read(const context_pointer& context, exchange_pointer x,
          std::string_view id) {
  read_execution ask;
  ask.workflow_id = id;
  ask.what = read_execution::part::task;
  post(*context, std::move(x), std::move(ask), as_json);
}

// Raw text, whatever the content type says.
void append_log(const context_pointer& context, exchange_pointer x,
                std::string_view id) {
  append_task_log what{std::string(id), std::string(x->body())};
  post(*context, std::move(x), std::move(what), as_void);
}

void read_log(const context_pointer& context, exchange_pointer x,
              std::string_view id) {
  query_reader query(*x);
  read_task_logs ask{std::string(id)};
  ask.start = std::max<int64_t>(query.long_number("start", 0), 0);
  ask.count = query.positive("count", ask.count);
  if (query.failure())
    return refuse(*x, *query.failure());
  post(*context, std::move(x), std::move(ask), [](document&& got) {
    if (got.text.empty())
      return no_content();
    auto out = json(std::move(got.text));
    if (got.next > 0)
      out.headers.emplace_back("Tutti-Next", std::to_string(got.next));
    return out;
  });
}

} // namespace tasks_detail

route_table task_routes(const context_pointer& context) {
  using namespace tasks_detail;
  const std::string one = "/api/tasks/{taskId}";
  return {
      {method::get, one, permission::workflow_read, serve(context, read)},
      {method::post, one + "/log", permission::task_update,
       serve(context, append_log), body_kind::raw},
      {method::get, one + "/log", permission::workflow_read,
       serve(context, read_log)},
  };
}

} // namespace tutti::rest
