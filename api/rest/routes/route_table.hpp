#pragma once

#include "api/rest/routes/routes.hpp"

namespace tutti::rest {

using exchange_pointer = std::shared_ptr<exchange>;
using context_pointer = std::shared_ptr<const route_context>;

/// Adds the endpoints of the groups to a router. A path variable that is blank
/// is refused before the handler.
class route_table {
 public:
  explicit route_table(router& to) : to_(to) {}

  void get(std::string_view pattern, route_handler handler) {
    add(method::get, pattern, std::move(handler));
  }
  void post(std::string_view pattern, route_handler handler) {
    add(method::post, pattern, std::move(handler));
  }
  void put(std::string_view pattern, route_handler handler) {
    add(method::put, pattern, std::move(handler));
  }
  void remove(std::string_view pattern, route_handler handler) {
    add(method::delete_, pattern, std::move(handler));
  }

  /// The first addition that failed.
  result<done> outcome() && { return std::move(outcome_); }

 private:
  void add(method verb, std::string_view pattern, route_handler handler);

  router& to_;
  result<done> outcome_ = done{};
};

// One per file.
void add_metadata_workflows(route_table& to, const context_pointer& context);
void add_metadata_tasks(route_table& to, const context_pointer& context);
void add_schemas(route_table& to, const context_pointer& context);
void add_workflow_start(route_table& to, const context_pointer& context);
void add_workflow_read(route_table& to, const context_pointer& context);
void add_workflow_insight(route_table& to, const context_pointer& context);
void add_workflow_control(route_table& to, const context_pointer& context);
void add_workflow_test(route_table& to, const context_pointer& context);
void add_bulk(route_table& to, const context_pointer& context);
void add_tasks(route_table& to, const context_pointer& context);
void add_task_updates(route_table& to, const context_pointer& context);
void add_poll(route_table& to, const context_pointer& context);
void add_queues(route_table& to, const context_pointer& context);
void add_health(route_table& to, const context_pointer& context);
void add_messages(route_table& to, const context_pointer& context);
void add_tutti(route_table& to, const context_pointer& context);

} // namespace tutti::rest
