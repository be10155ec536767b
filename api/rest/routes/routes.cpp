#include "api/rest/routes/routes.hpp"

#include "api/rest/error_map.hpp"
#include "api/rest/openapi/document.hpp"
#include "api/rest/routes/route_groups.hpp"

#include <iterator>

namespace tutti::rest {

namespace routes_detail {

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == text.npos;
}

/// Refuses a blank path variable before the handler.
route_handler refuse_blank(route_handler handler) {
  return [handler = std::move(handler)](exchange_pointer x,
                                        const path_params& path) {
    for (size_t i = 0; i < path.size(); ++i) {
      if (!is_blank(path[i]))
        continue;
      x->reply(to_response(
          {errc::invalid, "a name or id in the path is blank", {}}));
      return;
    }
    handler(std::move(x), path);
  };
}

/// Tells of all rows, itself included.
void add_document(route_table& out, const std::string& version) {
  auto text = std::make_shared<std::string>();
  out.emplace_back(
      method::get, "/api-docs", permission::public_,
      [text](exchange_pointer x, const path_params&) { x->reply(json(*text)); },
      about("This document.").answers("map"));
  *text = openapi_document(out, version);
}

} // namespace routes_detail

route_table all_routes(route_context context) {
  auto shared = std::make_shared<const shared_context>(std::move(context));
  route_table out;
  for (auto group : {metadata_workflow_routes,
                     metadata_task_routes,
                     schema_routes,
                     workflow_start_routes,
                     workflow_execute_routes,
                     correlated_routes,
                     workflow_read_routes,
                     workflow_insight_routes,
                     workflow_control_routes,
                     workflow_state_routes,
                     workflow_test_routes,
                     bulk_routes,
                     task_routes,
                     task_update_routes,
                     poll_routes,
                     queue_routes,
                     schedule_routes,
                     health_routes,
                     message_routes,
                     job_routes,
                     retention_routes,
                     search_routes,
                     tutti_routes,
                     event_handler_routes,
                     tag_routes,
                     node_fact_routes,
                     cluster_routes,
                     admin_routes,
                     payload_location_routes,
                     legacy_routes})
    std::ranges::move(group(shared), std::back_inserter(out));
  routes_detail::add_document(out, shared->settings.version);
  for (auto& row : out)
    row.handler = routes_detail::refuse_blank(std::move(row.handler));
  return out;
}

} // namespace tutti::rest
