#include "api/rest/routes/poll.hpp"
#include "api/rest/routes/waiting.hpp"
#include "messages/model/codec.hpp"

namespace tutti::rest {

namespace task_updates_detail {

constexpr auto worker_id = text_of("workerid");
constexpr auto timeout_millis = long_of("timeoutMillis", 5'000, "5000");

/// The update in the body; nullopt: a refusal was sent.
std::optional<call_workflow> read_update(const context_pointer& context,
                                         exchange& x) {
  auto read = read_task_result(x.body());
  if (!read) {
    refuse(x, read.failure());
    return std::nullopt;
  }
  if (auto why = context->admission.check(*read, "updateTask.arg0")) {
    refuse(x, *why);
    return std::nullopt;
  }
  std::optional<call_workflow> out(std::in_place);
  out->workflow_id = read->workflow_id;
  out->what = command::update_task{std::move(*read)};
  return out;
}

void update(const context_pointer& context, exchange_pointer x) {
  auto what = read_update(context, *x);
  if (!what)
    return;
  auto id = std::get<command::update_task>(what->what).result.task_id;
  post(*context, std::move(x), std::move(*what),
       [id = std::move(id)](answer&&) { return text(id); });
}

// When the updated task has ended, the response contains the next waiting task
// of the same kind.
void update_and_poll(const context_pointer& context, exchange_pointer x) {
  auto what = read_update(context, *x);
  if (!what)
    return;
  auto from = x->context();
  auto& worker = std::get<command::update_task>(what->what).result.worker_id;
  poll_tasks names;
  names.worker_id = worker;
  if (auto why = context->admission.check_names(names))
    return refuse(*x, *why);
  auto then = [context, worker, x = std::move(x)](result<answer> got) {
    if (!got)
      return refuse(*x, got.failure());
    if (!got->task_ended || got->task_type.empty())
      return x->reply(no_content());
    poll_tasks next;
    next.task_type = std::move(got->task_type);
    next.domain = std::move(got->domain);
    next.worker_id = worker;
    next.timeout_ms = 0;
    send_poll(*context, x, std::move(next), one_task);
  };
  context->gateway->ask(std::move(*what), std::move(from),
                        reply<answer>(std::move(then)));
}

result<task_status> read_status(std::string_view name) {
  auto status = from_text<task_status>(name);
  if (status)
    switch (*status) {
      case task_status::in_progress:
      case task_status::failed:
      case task_status::failed_with_terminal_error:
      case task_status::completed:
      case task_status::canceled:
        return *status;
      case task_status::scheduled:
      case task_status::completed_with_errors:
      case task_status::timed_out:
      case task_status::skipped:
        break;
    }
  return failure{errc::invalid,
                 "the status in the path must be one of IN_PROGRESS, FAILED, "
                 "FAILED_WITH_TERMINAL_ERROR, COMPLETED, CANCELED, but is '"
                     + std::string(name) + "'"};
}

/// The parts of a command given by path and output map.
template <class Command>
result<Command> read_command(const exchange& x, const path_params& path) {
  auto status = read_status(path["status"]);
  if (!status)
    return std::move(status).failure();
  auto output = read_object(x.body(), "task output");
  if (!output)
    return std::move(output).failure();
  Command out;
  out.status = *status;
  out.output = std::move(*output);
  return out;
}

// Without a pending task of that reference the response is an empty text, not
// an error.
void by_reference(const context_pointer& context, exchange_pointer x,
                  const path_params& path) {
  auto what = read_command<command::update_by_reference>(*x, path);
  if (!what)
    return refuse(*x, what.failure());
  what->reference_name = path["taskRefName"];
  if (x->query(worker_id.name))
    what->worker_id = query_reader(*x).read(worker_id);
  call_workflow call{std::string(path["workflowId"]), std::move(*what)};
  post(*context, std::move(x), std::move(call), [](answer&& got) {
    return text(got.effective ? std::move(got.text) : std::string());
  });
}

// Unlike above, the worker is cleared unless it is named.
void by_reference_sync(const context_pointer& context, exchange_pointer x,
                       const path_params& path) {
  auto what = read_command<command::update_by_reference>(*x, path);
  if (!what)
    return refuse(*x, what.failure());
  what->reference_name = path["taskRefName"];
  what->worker_id = query_reader(*x).read(worker_id);
  auto nothing = "workflow " + std::string(path["workflowId"])
                 + " has no pending task '" + what->reference_name + "'";
  call_workflow call{std::string(path["workflowId"]), std::move(*what)};
  post_for_execution(context, std::move(x), std::move(call),
                     std::move(nothing));
}

result<signal_workflow> read_signal(const exchange& x,
                                    const path_params& path) {
  auto what = read_command<command::signal>(x, path);
  if (!what)
    return std::move(what).failure();
  signal_workflow out;
  out.workflow_id = path["workflowId"];
  out.what = std::move(*what);
  return out;
}

void signal(const context_pointer& context, exchange_pointer x,
            const path_params& path) {
  auto what = read_signal(*x, path);
  if (!what)
    return refuse(*x, what.failure());
  post(*context, std::move(x), std::move(*what), as_void);
}

void signal_sync(const context_pointer& context, exchange_pointer x,
                 const path_params& path) {
  auto what = read_signal(*x, path);
  if (!what)
    return refuse(*x, what.failure());
  auto strategy = read_strategy(*x);
  if (!strategy)
    return refuse(*x, strategy.failure());
  query_reader query(*x);
  what->waits = true;
  what->wait.strategy = *strategy;
  what->wait.wait_ms = query.read(timeout_millis);
  if (query.failure())
    return refuse(*x, *query.failure());
  if (what->wait.wait_ms < 0)
    return refuse(*x, "query parameter 'timeoutMillis' must be 0 or greater, "
                      "but is '"
                          + std::to_string(what->wait.wait_ms) + "'");
  auto shape = [id = api::new_request_id(),
                workflow = what->workflow_id](waited&& got) {
    if (got.effective)
      return signal_response(std::move(got), id);
    return to_response(
        {errc::not_found, "no task of workflow " + workflow
                              + " or of its sub-workflows waits for a signal"});
  };
  send_wait(*context, std::move(x), std::move(*what), std::move(shape));
}

} // namespace task_updates_detail

route_table task_update_routes(const context_pointer& context) {
  using namespace task_updates_detail;
  const std::string tasks = "/api/tasks", of = tasks + "/{workflowId}";
  constexpr auto update_task = permission::task_update;
  return {
      {method::post, tasks, update_task, serve(context, update),
       about("Reports the result of a task; answers its id.")
           .takes("TaskResult")
           .answers("text")},
      {method::post, tasks + "/update-v2", update_task,
       serve(context, update_and_poll),
       about("Reports a result, and takes the next task of the kind.")
           .takes("TaskResult")
           .answers("Task")
           .or_204()},
      {method::post, of + "/{taskRefName}/{status}", update_task,
       serve(context, by_reference),
       about("Updates the open task of a reference name.")
           .with(worker_id)
           .takes("map")
           .answers("text")},
      {method::post, of + "/{taskRefName}/{status}/sync", update_task,
       serve(context, by_reference_sync),
       about("The same; answers the execution.")
           .with(worker_id)
           .takes("map")
           .answers("Workflow")},
      {method::post, of + "/{status}/signal", update_task,
       serve(context, signal),
       about("Signals the task that holds an execution up.").takes("map")},
      {method::post, of + "/{status}/signal/sync", update_task,
       serve(context, signal_sync),
       about("The same; answers what comes next.")
           .with(return_strategy_argument, timeout_millis)
           .takes("map")
           .answers("SignalResponse")},
  };
}

} // namespace tutti::rest
