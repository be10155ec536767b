#include "api/rest/routes/answering.hpp"
#include "api/rest/routes/query_reader.hpp"

#include <algorithm>
#include <limits>

namespace tutti::rest {

namespace tasks_detail {

constexpr auto start = long_of("start", 0, "0");
constexpr auto count
    = long_of("count", std::numeric_limits<int64_t>::max(), "");

void read(const context_pointer& context, exchange_pointer x,
          std::string_view id) {
  read_execution ask;
  ask.workflow_id = id;
  ask.what = read_execution::part::task;
  post(*context, std::move(x), std::move(ask), as_json);
}

// The open task of a reference; in a loop the first one of any iteration.
void pending(const context_pointer& context, exchange_pointer x,
             const path_params& path) {
  read_execution ask;
  ask.workflow_id = path["workflowId"];
  ask.what = read_execution::part::pending;
  ask.reference_name = path["taskRefName"];
  post(*context, std::move(x), std::move(ask), [](document&& got) {
    return got.text.empty() ? no_content() : json(std::move(got.text));
  });
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
  ask.start = std::max<int64_t>(query.read(start), 0);
  ask.count = query.read_positive(count);
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
      {method::get, one, permission::workflow_read, serve(context, read),
       about("A task.").answers("Task")},
      {method::get, "/api/tasks/in_progress/{workflowId}/{taskRefName}",
       permission::workflow_read, serve(context, pending),
       about("The open task of a reference name.").answers("Task").or_204()},
      {method::post, one + "/log", permission::task_update,
       serve(context, append_log),
       about("Adds a line to the log of a task.").takes("text"),
       body_kind::raw},
      {method::get, one + "/log", permission::workflow_read,
       serve(context, read_log),
       about("The log of a task.")
           .with(start, count)
           .answers("[TaskExecLog]")
           .or_204()},
  };
}

} // namespace tutti::rest
