#include "api/rest/routes/route_groups.hpp"

#include <tuple>

namespace tutti::rest {

// Conductor's routes that are not built yet and that a variable of another
// route would take for an id or a name: nobody shall look for the execution
// "search". A row that is built leaves this list.

namespace unbuilt_detail {

void say(const context_pointer&, exchange_pointer x) {
  auto path = x->raw_target().substr(0, x->raw_target().find('?'));
  x->reply(error(404, "this version does not have "
                          + std::string(x->method_name()) + ' '
                          + std::string(path)));
}

} // namespace unbuilt_detail

route_table unbuilt_routes(const context_pointer& context) {
  using enum permission;
  const std::string workflow = "/api/workflow/", tasks = "/api/tasks/",
                    named = "/api/metadata/workflow/{name}/";
  const std::tuple<method, std::string, permission> rows[] = {
      {method::get, workflow + "search", workflow_read},
      {method::get, workflow + "search-v2", workflow_read},
      {method::get, workflow + "search-by-tasks", workflow_read},
      {method::get, workflow + "search-by-tasks-v2", workflow_read},
      {method::get, workflow + "externalstoragelocation", workflow_read},
      {method::get, workflow + "external-storage-location", workflow_read},
      {method::get, tasks + "search", workflow_read},
      {method::get, tasks + "search-v2", workflow_read},
      {method::get, tasks + "externalstoragelocation", workflow_read},
      {method::get, tasks + "external-storage-location", workflow_read},
      {method::get, tasks + "in_progress/{workflowId}/{taskRefName}",
       workflow_read},
      {method::post, tasks + "{workflowId}/{status}/signal/sync", task_update},
      {method::get, named + "tags", metadata_read},
      {method::post, named + "tags", metadata_write},
      {method::put, named + "tags", metadata_write},
      {method::delete_, named + "tags", metadata_write},
      {method::get, named + "rate-limit", metadata_read},
      {method::put, named + "rate-limit", metadata_write},
      {method::delete_, named + "rate-limit", metadata_write},
  };
  route_table out;
  for (auto& [verb, pattern, needs] : rows)
    out.emplace_back(verb, pattern, needs, serve(context, unbuilt_detail::say));
  return out;
}

} // namespace tutti::rest
