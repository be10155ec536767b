#include "api/rest/routes/answering.hpp"
#include "api/rest/routes/query_reader.hpp"
#include "messages/model/codec.hpp"

#include <algorithm>

namespace tutti::rest {

namespace workflow_read_detail {

constexpr auto include_tasks = flag_of("includeTasks", true);
constexpr auto include_output = flag_of("includeOutput", false);
constexpr auto include_variables = flag_of("includeVariables", false);
constexpr auto task_start = number_of("start", 0, "0");
constexpr auto task_count = number_of("count", 15, "15");
constexpr auto task_statuses = texts_of("status");
constexpr auto running_version = number_of("version", 1, "1");
constexpr auto start_time = long_of("startTime", 0, "0");
constexpr auto end_time = long_of("endTime", 0, "0");

void send(const context_pointer& context, exchange_pointer x,
          const query_reader& query, read_execution ask) {
  if (query.failure())
    return refuse(*x, *query.failure());
  post(*context, std::move(x), std::move(ask), as_json);
}

void whole(const context_pointer& context, exchange_pointer x,
           std::string_view id) {
  query_reader query(*x);
  read_execution ask;
  ask.workflow_id = id;
  ask.include_tasks = query.read(include_tasks);
  send(context, std::move(x), query, std::move(ask));
}

void status(const context_pointer& context, exchange_pointer x,
            std::string_view id) {
  query_reader query(*x);
  read_execution ask;
  ask.workflow_id = id;
  ask.what = read_execution::part::status;
  ask.include_output = query.read(include_output);
  ask.include_variables = query.read(include_variables);
  send(context, std::move(x), query, std::move(ask));
}

result<std::vector<task_status>>
read_statuses(const std::vector<std::string>& names) {
  std::vector<task_status> out;
  for (auto name : names) {
    for (auto& c : name)
      c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    auto status = from_text<task_status>(name);
    if (!status)
      return failure{errc::invalid, "query parameter 'status': '" + name
                                        + "' is no status of a task"};
    out.push_back(*status);
  }
  return out;
}

void tasks(const context_pointer& context, exchange_pointer x,
           std::string_view id) {
  query_reader query(*x);
  read_execution ask;
  ask.workflow_id = id;
  ask.what = read_execution::part::tasks;
  ask.start = std::max(query.read(task_start), 0);
  ask.count = std::max(query.read(task_count), 0);
  auto statuses = read_statuses(query.read(task_statuses));
  if (!statuses)
    return refuse(*x, statuses.failure());
  ask.statuses = std::move(*statuses);
  send(context, std::move(x), query, std::move(ask));
}

response ids(execution_list&& got) {
  std::string out = "[";
  for (auto& x : got.items) {
    if (out.size() > 1)
      out += ',';
    write_string(out, x.workflow_id);
  }
  return json(out + ']');
}

// The version defaults to 1, not to the latest. With both times: the executions
// created between them, running or not.
void running(const context_pointer& context, exchange_pointer x,
             std::string_view name) {
  query_reader query(*x);
  list_executions ask;
  ask.name = name;
  ask.version = query.read(running_version);
  auto from = query.read(start_time);
  auto to = query.read(end_time);
  if (query.failure())
    return refuse(*x, *query.failure());
  if (from != 0 && to != 0) {
    ask.created_from = from;
    ask.created_to = to;
    ask.running_only = false;
  }
  ask.count_max = context->settings.admission.list_count_max;
  post(*context, std::move(x), std::move(ask), ids);
}

} // namespace workflow_read_detail

route_table workflow_read_routes(const context_pointer& context) {
  using namespace workflow_read_detail;
  const std::string one = "/api/workflow/{workflowId}";
  constexpr auto read = permission::workflow_read;
  return {
      {method::get, one, read, serve(context, whole),
       about("An execution.").with(include_tasks).answers("Workflow")},
      {method::get, one + "/status", read, serve(context, status),
       about("The status of an execution.")
           .with(include_output, include_variables)
           .answers("WorkflowStatus")},
      {method::get, one + "/tasks", read, serve(context, tasks),
       about("A page of the tasks of an execution.")
           .with(task_start, task_count, task_statuses)
           .answers("SearchResult")},
      {method::get, "/api/workflow/running/{name}", read,
       serve(context, running),
       about("The ids of running executions; with both times of all that were "
             "created between them.")
           .with(running_version, start_time, end_time)
           .answers("[text]")},
  };
}

} // namespace tutti::rest
