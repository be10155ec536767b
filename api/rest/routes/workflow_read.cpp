#include "api/rest/routes/answering.hpp"
#include "api/rest/routes/query_reader.hpp"
#include "messages/model/codec.hpp"

#include <algorithm>

namespace tutti::rest {

namespace workflow_read_detail {

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
  ask.include_tasks = query.flag("includeTasks", true);
  send(context, std::move(x), query, std::move(ask));
}

void status(const context_pointer& context, exchange_pointer x,
            std::string_view id) {
  query_reader query(*x);
  read_execution ask;
  ask.workflow_id = id;
  ask.what = read_execution::part::status;
  ask.include_output = query.flag("includeOutput", false);
  ask.include_variables = query.flag("includeVariables", false);
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
  ask.start = std::max(query.number("start", 0), 0);
  ask.count = std::max(query.number("count", 15), 0);
  auto statuses = read_statuses(query.list("status"));
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
  ask.version = query.number("version", 1);
  auto from = query.long_number("startTime", 0);
  auto to = query.long_number("endTime", 0);
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
      {method::get, one, read, serve(context, whole)},
      {method::get, one + "/status", read, serve(context, status)},
      {method::get, one + "/tasks", read, serve(context, tasks)},
      {method::get, "/api/workflow/running/{name}", read,
       serve(context, running)},
  };
}

} // namespace tutti::rest
