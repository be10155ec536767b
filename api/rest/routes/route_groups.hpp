#pragma once

#include "api/rest/routes/routes.hpp"

namespace tutti::rest {

using api::permission;
using exchange_pointer = std::shared_ptr<exchange>;

/// Shared by all routes.
struct shared_context : route_context {
  explicit shared_context(route_context x)
      : route_context(std::move(x)),
        admission(settings.admission, check_references, gateway) {}

  api::admission admission;
};
using context_pointer = std::shared_ptr<const shared_context>;

// The rows of the route table, one function per file.
route_table metadata_workflow_routes(const context_pointer& context);
route_table metadata_task_routes(const context_pointer& context);
route_table schema_routes(const context_pointer& context);
route_table workflow_start_routes(const context_pointer& context);
route_table workflow_execute_routes(const context_pointer& context);
route_table correlated_routes(const context_pointer& context);
route_table workflow_read_routes(const context_pointer& context);
route_table workflow_insight_routes(const context_pointer& context);
route_table workflow_control_routes(const context_pointer& context);
route_table workflow_state_routes(const context_pointer& context);
route_table workflow_test_routes(const context_pointer& context);
route_table bulk_routes(const context_pointer& context);
route_table task_routes(const context_pointer& context);
route_table task_update_routes(const context_pointer& context);
route_table poll_routes(const context_pointer& context);
route_table queue_routes(const context_pointer& context);
route_table schedule_routes(const context_pointer& context);
route_table health_routes(const context_pointer& context);
route_table message_routes(const context_pointer& context);
route_table job_routes(const context_pointer& context);
route_table retention_routes(const context_pointer& context);
route_table search_routes(const context_pointer& context);
route_table tutti_routes(const context_pointer& context);
route_table event_handler_routes(const context_pointer& context);
route_table tag_routes(const context_pointer& context);
route_table node_fact_routes(const context_pointer& context);
route_table cluster_routes(const context_pointer& context);
route_table admin_routes(const context_pointer& context);
route_table payload_location_routes(const context_pointer& context);
route_table legacy_routes(const context_pointer& context);

/// Binds a handler to the shared context, for a row of the table.
template <class Handler>
route_handler serve(const context_pointer& context, Handler handler) {
  return [context, handler](exchange_pointer x, const path_params& path) {
    if constexpr (std::is_invocable_v<Handler, const context_pointer&,
                                      exchange_pointer, const path_params&>)
      handler(context, std::move(x), path);
    else if constexpr (std::is_invocable_v<Handler, const context_pointer&,
                                           exchange_pointer, std::string_view>)
      handler(context, std::move(x), path[0]);
    else
      handler(context, std::move(x));
  };
}

} // namespace tutti::rest
