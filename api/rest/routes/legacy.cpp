#include "api/rest/routes/answering.hpp"
#include "api/rest/routes/query_reader.hpp"
#include "messages/model/codec.hpp"

namespace tutti::rest {

// Routes of earlier versions of Conductor, and what programs around it expect.

namespace legacy_detail {

/// A poll acknowledges: the answer says whether there is such a task. Java's
/// client reads it as a JSON boolean.
void acknowledge(const context_pointer& context, exchange_pointer x,
                 std::string_view id) {
  read_execution ask;
  ask.workflow_id = id;
  ask.what = read_execution::part::task;
  auto then = [x](const result<document>& got) {
    if (!got && got.failure().code != errc::not_found)
      return refuse(*x, got.failure());
    x->reply(json(got ? "true" : "false"));
  };
  context->gateway->ask(std::move(ask), x->context(),
                        reply<document>(std::move(then)));
}

/// The statuses for which Conductor has an event queue of its own.
result<task_status> read_status(std::string_view name) {
  auto status = from_text<task_status>(name);
  if (status
      && (*status == task_status::completed || *status == task_status::failed))
    return *status;
  return failure{errc::invalid,
                 "the status in the path must be COMPLETED or FAILED, but is '"
                     + std::string(name) + "'"};
}

/// An external event ends a WAIT task.
void end_wait(const context_pointer& context, exchange_pointer x,
              const path_params& path) {
  auto status = read_status(path["status"]);
  if (!status)
    return refuse(*x, status.failure());
  auto output = read_object(x->body(), "task output");
  if (!output)
    return refuse(*x, output.failure());
  call_workflow call{std::string(path["workflowId"]), command::decide{}};
  if (path["taskId"].empty()) {
    command::update_by_reference what;
    what.reference_name = path["taskRefName"];
    what.status = *status;
    what.output = std::move(*output);
    call.what = std::move(what);
  } else {
    command::update_task what;
    what.result.workflow_id = call.workflow_id;
    what.result.task_id = path["taskId"];
    what.result.status = *status;
    what.result.output = std::move(*output);
    call.what = std::move(what);
  }
  post(*context, std::move(x), std::move(call), as_void);
}

/// As Spring's actuator, which deployments of Conductor ask.
void actuator_health(const context_pointer& context, exchange_pointer x) {
  auto then = [x](const health_report& got) {
    x->reply(got.healthy() ? json(R"({"status":"UP"})")
                           : json(R"({"status":"DOWN"})", 503));
  };
  if (context->health)
    context->health(std::move(then));
  else
    then({});
}

void actuator_info(const context_pointer& context, exchange_pointer x) {
  std::string out = R"({"build":{"name":"tutti","version":)";
  write_string(out, context->settings.version);
  x->reply(json(out + "}}"));
}

} // namespace legacy_detail

route_table legacy_routes(const context_pointer& context) {
  using namespace legacy_detail;
  const std::string of_queue = "/api/queue/update/{workflowId}/";
  return {
      {method::post, "/api/tasks/{taskId}/ack", permission::task_update,
       serve(context, acknowledge),
       about("Whether there is such a task: a poll acknowledges it.")
           .answers("flag")},
      {method::post, of_queue + "{taskRefName}/{status}",
       permission::task_update, serve(context, end_wait),
       about("Ends a WAIT task by its reference name.").takes("map")},
      {method::post, of_queue + "task/{taskId}/{status}",
       permission::task_update, serve(context, end_wait),
       about("Ends a WAIT task by its id.").takes("map")},
      {method::get, "/actuator/health", permission::public_,
       serve(context, actuator_health),
       about("Whether the node is well.").answers("map")},
      {method::get, "/actuator/info", permission::public_,
       serve(context, actuator_info), about("The version.").answers("map")},
  };
}

} // namespace tutti::rest
