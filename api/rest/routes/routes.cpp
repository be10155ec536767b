#include "api/rest/routes/routes.hpp"

#include "api/rest/error_map.hpp"
#include "api/rest/routes/route_table.hpp"

namespace tutti::rest {

namespace routes_detail {

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == text.npos;
}

} // namespace routes_detail

void route_table::add(method verb, std::string_view pattern,
                      route_handler handler) {
  auto checked = [handler = std::move(handler)](exchange_pointer x,
                                                const path_params& path) {
    for (size_t i = 0; i < path.size(); ++i) {
      if (!routes_detail::is_blank(path[i]))
        continue;
      x->reply(to_response(
          {errc::invalid, "a name or id in the path is blank", {}}));
      return;
    }
    handler(std::move(x), path);
  };
  auto added = to_.add(verb, pattern, std::move(checked));
  if (!added && outcome_)
    outcome_ = std::move(added);
}

result<done> register_routes(router& to, route_context context) {
  auto shared = std::make_shared<const route_context>(std::move(context));
  route_table table(to);
  add_metadata_workflows(table, shared);
  add_metadata_tasks(table, shared);
  add_schemas(table, shared);
  add_workflow_start(table, shared);
  add_workflow_read(table, shared);
  add_workflow_insight(table, shared);
  add_workflow_control(table, shared);
  add_workflow_test(table, shared);
  add_bulk(table, shared);
  add_tasks(table, shared);
  add_task_updates(table, shared);
  add_poll(table, shared);
  add_queues(table, shared);
  add_health(table, shared);
  add_messages(table, shared);
  add_tutti(table, shared);
  return std::move(table).outcome();
}

} // namespace tutti::rest
