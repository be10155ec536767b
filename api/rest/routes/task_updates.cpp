#include "api/rest/routes/poll.hpp"
#include "messages/model/codec.hpp"

namespace tutti::rest {

namespace task_updates_detail {

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
  if (auto worker = x->query("workerid"))
    what->worker_id = *worker;
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
  what->worker_id = x->query("workerid").value_or("");
  auto nothing = "workflow " + std::string(path["workflowId"])
                 + " has no pending task '" + what->reference_name + "'";
  call_workflow call{std::string(path["workflowId"]), std::move(*what), true};
  auto then = [context, x, id = call.workflow_id,
               nothing = std::move(nothing)](result<answer> got) {
    if (!got)
      return refuse(*x, got.failure());
    if (!got->effective)
      return refuse(*x, failure{errc::not_found, nothing, {}});
    if (!got->text.empty())
      return x->reply(json(std::move(got->text)));
    // A large one is read apart.
    read_execution ask;
    ask.workflow_id = id;
    post(*context, x, std::move(ask), as_json);
  };
  context->gateway->ask(std::move(call), x->context(),
                        reply<answer>(std::move(then)));
}

void signal(const context_pointer& context, exchange_pointer x,
            const path_params& path) {
  auto what = read_command<command::signal>(*x, path);
  if (!what)
    return refuse(*x, what.failure());
  call_workflow call{std::string(path["workflowId"]), std::move(*what)};
  post(*context, std::move(x), std::move(call), as_void);
}

} // namespace task_updates_detail

route_table task_update_routes(const context_pointer& context) {
  using namespace task_updates_detail;
  const std::string tasks = "/api/tasks", of = tasks + "/{workflowId}";
  constexpr auto update_task = permission::task_update;
  return {
      {method::post, tasks, update_task, serve(context, update)},
      {method::post, tasks + "/update-v2", update_task,
       serve(context, update_and_poll)},
      {method::post, of + "/{taskRefName}/{status}", update_task,
       serve(context, by_reference)},
      {method::post, of + "/{taskRefName}/{status}/sync", update_task,
       serve(context, by_reference_sync)},
      {method::post, of + "/{status}/signal", update_task,
       serve(context, signal)},
  };
}

} // namespace tutti::rest
