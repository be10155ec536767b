#include "api/rest/routes/answering.hpp"
#include "api/rest/routes/query_reader.hpp"
#include "messages/model/codec.hpp"

namespace tutti::rest {

namespace workflow_control_detail {

constexpr auto resume_sub_workflows = flag_of("resumeSubworkflowTasks", false);
constexpr auto use_latest = flag_of("useLatestDefinitions", false);
constexpr auto reason = text_of("reason");
constexpr auto failure_workflow = flag_of("triggerFailureWorkflow", false);
constexpr auto archive = flag_of("archiveWorkflow", true);
constexpr auto task_input = text_of("taskInput");
constexpr auto task_output = text_of("taskOutput");

/// A command that needs nothing but the id.
template <class Command, class Shape>
auto plain(Command what, Shape shape) {
  return [=](const context_pointer& context, exchange_pointer x,
             std::string_view id) {
    post(*context, std::move(x), call_workflow{std::string(id), what}, shape);
  };
}

void retry(const context_pointer& context, exchange_pointer x,
           std::string_view id) {
  query_reader query(*x);
  command::retry what;
  what.resume_sub_workflows = query.read(resume_sub_workflows);
  if (query.failure())
    return refuse(*x, *query.failure());
  post(*context, std::move(x), call_workflow{std::string(id), what},
       as_no_content);
}

void restart(const context_pointer& context, exchange_pointer x,
             std::string_view id) {
  query_reader query(*x);
  restart_workflow what{std::string(id), query.read(use_latest)};
  if (query.failure())
    return refuse(*x, *query.failure());
  post(*context, std::move(x), std::move(what), as_no_content);
}

void rerun(const context_pointer& context, exchange_pointer x,
           std::string_view id) {
  auto request = read_rerun_request(x->body());
  if (!request)
    return refuse(*x, request.failure());
  rerun_workflow what{std::string(id), std::move(*request)};
  post(*context, std::move(x), std::move(what),
       [id = std::string(id)](answer&&) { return text(id); });
}

/// Java and Python send a body; the query is for clients that cannot. Go prints
/// its request into a parameter in an unreadable form, which is ignored.
result<skip_task_request> read_skip(const exchange& x) {
  if (x.body().find_first_not_of(" \t\r\n") != std::string_view::npos)
    return read_skip_task_request(x.body());
  skip_task_request out;
  query_reader query(x);
  auto read = [&](const text_argument& what,
                  std::optional<payload>& into) -> std::optional<failure> {
    auto value = query.read(what);
    if (value.empty())
      return std::nullopt;
    auto object = read_object(value, "query parameter '"
                                         + std::string(what.name) + "'");
    if (!object)
      return object.failure();
    into = std::move(*object);
    return std::nullopt;
  };
  if (auto why = read(task_input, out.task_input))
    return *why;
  if (auto why = read(task_output, out.task_output))
    return *why;
  return out;
}

void skip(const context_pointer& context, exchange_pointer x,
          const path_params& path) {
  auto request = read_skip(*x);
  if (!request)
    return refuse(*x, request.failure());
  command::skip_task what;
  what.reference_name = path["taskReferenceName"];
  what.request = std::move(*request);
  call_workflow call{std::string(path["workflowId"]), std::move(what)};
  post(*context, std::move(x), std::move(call), as_void);
}

result<call_workflow> end_of(std::string_view id, const exchange& x) {
  query_reader query(x);
  command::terminate what;
  what.reason = query.read(reason);
  what.failure_workflow = query.read(failure_workflow);
  if (query.failure())
    return *query.failure();
  return call_workflow{std::string(id), std::move(what)};
}

void terminate(const context_pointer& context, exchange_pointer x,
               std::string_view id) {
  auto what = end_of(id, *x);
  if (!what)
    return refuse(*x, what.failure());
  post(*context, std::move(x), std::move(*what), as_void);
}

result<remove_workflow> removal_of(std::string_view id, const exchange& x) {
  query_reader query(x);
  remove_workflow out{std::string(id), query.read(archive)};
  if (query.failure())
    return *query.failure();
  return out;
}

void remove(const context_pointer& context, exchange_pointer x,
            std::string_view id) {
  auto what = removal_of(id, *x);
  if (!what)
    return refuse(*x, what.failure());
  post(*context, std::move(x), std::move(*what), as_void);
}

void terminate_remove(const context_pointer& context, exchange_pointer x,
                      std::string_view id) {
  auto removal = removal_of(id, *x);
  if (!removal)
    return refuse(*x, removal.failure());
  auto end = end_of(id, *x);
  if (!end)
    return refuse(*x, end.failure());
  auto then
      = [context, x, removal = std::move(*removal)](result<answer> ended) {
          if (ended)
            post(*context, x, removal, as_void);
          else
            refuse(*x, ended.failure());
        };
  context->gateway->ask(std::move(*end), x->context(),
                        reply<answer>(std::move(then)));
}

} // namespace workflow_control_detail

route_table workflow_control_routes(const context_pointer& context) {
  using namespace workflow_control_detail;
  const std::string one = "/api/workflow/{workflowId}";
  constexpr auto control = permission::workflow_control;
  return {
      {method::put, "/api/workflow/decide/{workflowId}", control,
       serve(context, plain(command::decide{}, as_void)),
       about("Evaluates an execution now.")},
      {method::put, one + "/pause", control,
       serve(context, plain(command::pause{}, as_void)),
       about("Pauses an execution.")},
      {method::put, one + "/resume", control,
       serve(context, plain(command::resume{}, as_void)),
       about("Resumes a paused execution.")},
      {method::post, one + "/resetcallbacks", control,
       serve(context, plain(command::reset_callbacks{}, as_no_content)),
       about("Offers tasks that were put off at once.").answers_nothing()},
      {method::post, one + "/retry", control, serve(context, retry),
       about("Tries the failed tasks of an execution again.")
           .with(resume_sub_workflows)
           .answers_nothing()},
      {method::post, one + "/restart", control, serve(context, restart),
       about("Starts an execution over, under its id.")
           .with(use_latest)
           .answers_nothing()},
      {method::post, one + "/rerun", control, serve(context, rerun),
       about("Runs an execution again, from its beginning or from a task.")
           .takes("RerunWorkflowRequest")
           .answers("text")},
      {method::put, one + "/skiptask/{taskReferenceName}", control,
       serve(context, skip),
       about("Skips a task that is not scheduled yet.")
           .with(task_input, task_output)
           .takes("SkipTaskRequest")},
      {method::delete_, one, control, serve(context, terminate),
       about("Terminates an execution.").with(reason, failure_workflow)},
      {method::delete_, one + "/remove", control, serve(context, remove),
       about("Removes an execution, or moves it to the archive.")
           .with(archive)},
      {method::delete_, one + "/terminate-remove", control,
       serve(context, terminate_remove),
       about("Terminates an execution and removes it.")
           .with(reason, failure_workflow, archive)},
  };
}

} // namespace tutti::rest
