#include "api/rest/routes/poll.hpp"
#include "messages/model/codec.hpp"

namespace tutti::rest {

namespace task_updates_detail {

/// The result in the body, or a refusal that was sent.
std::optional<task_result> read_result(exchange& x) {
  auto read = read_task_result(x.body());
  if (!read) {
    refuse(x, read.failure());
    return std::nullopt;
  }
  if (auto found = tutti::validate(*read, "updateTask.arg0"); !found.empty()) {
    refuse(x, invalid_request(std::move(found)));
    return std::nullopt;
  }
  return std::move(*read);
}

void send(const route_context& context, task_result read, reply<answer> done) {
  call_workflow what;
  what.workflow_id = read.workflow_id;
  what.what = command::update_task{std::move(read)};
  what.done = std::move(done);
  context.gateway->send(std::move(what));
}

void update(const route_context& context, exchange_pointer x) {
  auto read = read_result(*x);
  if (!read)
    return;
  auto done = answer_by<answer>(
      std::move(x), [id = read->task_id](answer&&) { return text(id); });
  send(context, std::move(*read), std::move(done));
}

// The next task of the same kind rides on the answer, if the one updated is
// over and another one waits.
void update_and_poll(const context_pointer& context, exchange_pointer x) {
  auto read = read_result(*x);
  if (!read)
    return;
  reply<answer> then([context, x = std::move(x),
                      worker = read->worker_id](result<answer> got) {
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
  });
  send(*context, std::move(*read), std::move(then));
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

/// What a command by path and output map is made of.
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

void call(const route_context& context, std::string_view id,
          workflow_command command, bool whole, reply<answer> done) {
  call_workflow what;
  what.workflow_id = id;
  what.what = std::move(command);
  what.answer_execution = whole;
  what.done = std::move(done);
  context.gateway->send(std::move(what));
}

// Nothing pending under that name is no error: an empty text.
void by_reference(const route_context& context, exchange_pointer x,
                  const path_params& path) {
  auto what = read_command<command::update_by_reference>(*x, path);
  if (!what)
    return refuse(*x, what.failure());
  what->reference_name = path["taskRefName"];
  if (auto worker = x->query("workerid"))
    what->worker_id = *worker;
  auto done = answer_by<answer>(std::move(x), [](answer&& got) {
    return text(got.effective ? std::move(got.text) : std::string());
  });
  call(context, path["workflowId"], std::move(*what), false, std::move(done));
}

// Unlike above, a worker that is not named is cleared.
void by_reference_sync(const route_context& context, exchange_pointer x,
                       const path_params& path) {
  auto what = read_command<command::update_by_reference>(*x, path);
  if (!what)
    return refuse(*x, what.failure());
  what->reference_name = path["taskRefName"];
  what->worker_id = x->query("workerid").value_or("");
  auto nothing = "workflow " + std::string(path["workflowId"])
                 + " has no pending task '" + what->reference_name + "'";
  auto done = answer_by<answer>(
      std::move(x), [nothing = std::move(nothing)](answer&& got) {
        return got.effective ? json(std::move(got.text))
                             : to_response({errc::not_found, nothing, {}});
      });
  call(context, path["workflowId"], std::move(*what), true, std::move(done));
}

void signal(const route_context& context, exchange_pointer x,
            const path_params& path) {
  auto what = read_command<command::signal>(*x, path);
  if (!what)
    return refuse(*x, what.failure());
  call(context, path["workflowId"], std::move(*what), false,
       answer_void(std::move(x)));
}

} // namespace task_updates_detail

void add_task_updates(route_table& to, const context_pointer& context) {
  namespace detail = task_updates_detail;
  to.post("/api/tasks", [=](exchange_pointer x, auto&) {
    detail::update(*context, std::move(x));
  });
  to.post("/api/tasks/update-v2", [=](exchange_pointer x, auto&) {
    detail::update_and_poll(context, std::move(x));
  });
  auto by_path = [&](auto act) {
    return [=](exchange_pointer x, const path_params& path) {
      act(*context, std::move(x), path);
    };
  };
  const std::string workflow = "/api/tasks/{workflowId}/";
  to.post(workflow + "{taskRefName}/{status}", by_path(detail::by_reference));
  to.post(workflow + "{taskRefName}/{status}/sync",
          by_path(detail::by_reference_sync));
  to.post(workflow + "{status}/signal", by_path(detail::signal));
}

} // namespace tutti::rest
