#include "api/rest/routes/answering.hpp"
#include "api/rest/routes/query_reader.hpp"

#include <algorithm>

namespace tutti::rest {

namespace workflow_read_detail {

void send(const route_context& context, exchange_pointer x,
          const query_reader& query, read_execution ask) {
  if (query.failure())
    return refuse(*x, *query.failure());
  ask.done = answer_json(std::move(x));
  context.gateway->send(std::move(ask));
}

void whole(const route_context& context, exchange_pointer x,
           std::string_view id) {
  query_reader query(*x);
  read_execution ask;
  ask.workflow_id = id;
  ask.include_tasks = query.flag("includeTasks", true);
  send(context, std::move(x), query, std::move(ask));
}

void status(const route_context& context, exchange_pointer x,
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

void tasks(const route_context& context, exchange_pointer x,
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

// The version defaults to 1 here, not to the latest one. With both times given
// it is the executions that began between them, whether they run or not.
void running(const route_context& context, exchange_pointer x,
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
  ask.count_max = context.settings.list_count_max;
  ask.done = answer_json(std::move(x));
  context.gateway->send(std::move(ask));
}

} // namespace workflow_read_detail

void add_workflow_read(route_table& to, const context_pointer& context) {
  namespace detail = workflow_read_detail;
  const std::string one = "/api/workflow/{workflowId}";
  to.get(one, [=](exchange_pointer x, const path_params& path) {
    detail::whole(*context, std::move(x), path[0]);
  });
  to.get(one + "/status", [=](exchange_pointer x, const path_params& path) {
    detail::status(*context, std::move(x), path[0]);
  });
  to.get(one + "/tasks", [=](exchange_pointer x, const path_params& path) {
    detail::tasks(*context, std::move(x), path[0]);
  });
  to.get("/api/workflow/running/{name}",
         [=](exchange_pointer x, const path_params& path) {
           detail::running(*context, std::move(x), path[0]);
         });
}

} // namespace tutti::rest
