#include "api/rest/routes/waiting.hpp"
#include "messages/model/codec.hpp"

#include <nlohmann/json.hpp>

// Changes of an execution's state in the Orkes dialect: variables, one task,
// and jumps (reference:operators#state, reference:operators#jump).

namespace tutti::rest {

namespace workflow_state_detail {

using nlohmann::json;

constexpr auto jump_to = text_of("taskReferenceName");

call_workflow operation(std::string_view id, std::string name, json arguments) {
  call_workflow out;
  out.workflow_id = id;
  out.what = command::operation{std::move(name), payload(std::move(arguments))};
  return out;
}

void variables(const context_pointer& context, exchange_pointer x,
               std::string_view id) {
  auto given = read_object(x->body(), "variables");
  if (!given)
    return refuse(*x, given.failure());
  auto call = operation(id, "update_state", {{"variables", given->json()}});
  post_for_execution(context, std::move(x), std::move(call));
}

std::optional<std::string> misfit(const json& update) {
  auto is_object = [&](const char* key) {
    auto it = update.find(key);
    return it == update.end() || it->is_null() || it->is_object();
  };
  for (auto* key : {"variables", "taskResult"})
    if (!is_object(key))
      return std::string("state update: '") + key + "' must be an object";
  auto reference = update.find("taskReferenceName");
  bool named = reference != update.end() && !reference->is_null();
  if (named && !reference->is_string())
    return "state update: 'taskReferenceName' must be a text";
  auto result = update.find("taskResult");
  if (result == update.end() || result->is_null())
    return std::nullopt;
  if (!named || reference->get_ref<const std::string&>().empty())
    return "state update: 'taskResult' needs a 'taskReferenceName'";
  auto read = read_task_result(tutti::to_text(*result));
  if (!read)
    return read.failure().message;
  if (!read->status)
    return "task result: 'status' must be one of IN_PROGRESS, COMPLETED, "
           "FAILED, FAILED_WITH_TERMINAL_ERROR, CANCELED";
  return std::nullopt;
}

void state(const context_pointer& context, exchange_pointer x,
           std::string_view id) {
  auto how = read_wait(*x);
  if (!how)
    return refuse(*x, how.failure());
  auto update = read_object(x->body(), "state update");
  if (!update)
    return refuse(*x, update.failure());
  if (auto why = misfit(update->json()))
    return refuse(*x, *why);
  call_and_wait out;
  out.workflow_id = id;
  out.what = command::operation{"update_state", std::move(*update)};
  out.wait = std::move(how->wait);
  auto shape = [id = std::move(how->request_id)](waited&& got) {
    return signal_response(std::move(got), id);
  };
  send_wait(*context, std::move(x), std::move(out), std::move(shape));
}

// One client leaves the placeholder in the path and sends the reference in the
// query.
void jump(const context_pointer& context, exchange_pointer x,
          const path_params& path) {
  auto input = read_object(x->body().empty() ? "{}" : x->body(), "task input");
  if (!input)
    return refuse(*x, input.failure());
  query_reader query(*x);
  auto reference = query.read(jump_to);
  if (query.failure())
    return refuse(*x, *query.failure());
  if (!x->query(jump_to.name))
    reference = path["taskReferenceName"];
  auto call
      = operation(path["workflowId"], "jump",
                  {{"taskReferenceName", reference}, {"input", input->json()}});
  post(*context, std::move(x), std::move(call), as_void);
}

} // namespace workflow_state_detail

route_table workflow_state_routes(const context_pointer& context) {
  using namespace workflow_state_detail;
  constexpr auto control = permission::workflow_control;
  const std::string one = "/api/workflow/{workflowId}";
  return {
      {method::post, one + "/variables", control, serve(context, variables),
       about("Merges the body into the variables of an execution.")
           .takes("map")
           .answers("Workflow")},
      {method::post, one + "/state", control, serve(context, state),
       about("Changes variables, a task, or both, and waits.")
           .with(wait_request_id, wait_references, wait_seconds)
           .takes("WorkflowStateUpdate")
           .answers("SignalResponse")},
      {method::post, one + "/jump/{taskReferenceName}", control,
       serve(context, jump),
       about("Goes to a task of the definition; the body is its input.")
           .with(jump_to)
           .takes("map")},
  };
}

} // namespace tutti::rest
