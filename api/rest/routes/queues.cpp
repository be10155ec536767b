#include "api/rest/routes/answering.hpp"
#include "api/rest/routes/query_reader.hpp"

namespace tutti::rest {

namespace queue_manager_detail {

void sizes(const context_pointer& context, exchange_pointer x) {
  read_queue_sizes ask{query_reader(*x).list("taskType")};
  if (ask.task_types.empty())
    return x->reply(json("{}"));
  post(*context, std::move(x), std::move(ask), as_json);
}

void size(const context_pointer& context, exchange_pointer x) {
  query_reader query(*x);
  read_queue_size ask;
  ask.task_type = query.required("taskType");
  ask.domain = query.text("domain");
  ask.isolation_group = query.text("isolationGroupId");
  ask.execution_namespace = query.text("executionNamespace");
  if (query.failure())
    return refuse(*x, *query.failure());
  post(*context, std::move(x), std::move(ask), as_json);
}

auto list(bool verbose) {
  return [verbose](const context_pointer& context, exchange_pointer x) {
    post(*context, std::move(x), list_queues{verbose}, as_json);
  };
}

void poll_data(const context_pointer& context, exchange_pointer x) {
  query_reader query(*x);
  read_poll_data ask{query.required("taskType")};
  if (query.failure())
    return refuse(*x, *query.failure());
  if (ask.task_type.empty())
    return x->reply(json("[]"));
  post(*context, std::move(x), std::move(ask), as_json);
}

void all_poll_data(const context_pointer& context, exchange_pointer x) {
  post(*context, std::move(x), read_poll_data{}, as_json);
}

void describe(const context_pointer& context, exchange_pointer x) {
  describe_queues ask{query_reader(*x).list("taskType")};
  post(*context, std::move(x), std::move(ask), as_json);
}

void requeue(const context_pointer& context, exchange_pointer x,
             std::string_view task_type) {
  post(*context, std::move(x), requeue_tasks{std::string(task_type)},
       [](document&& got) { return text(std::move(got.text)); });
}

/// The task id leads to the execution; the type in the path is not needed.
template <class Command>
void move_task(const context_pointer& context, exchange_pointer x,
               const path_params& path) {
  std::string task_id(path["taskId"]);
  post(*context, std::move(x), call_workflow{task_id, Command{task_id}},
       as_void);
}

} // namespace queue_manager_detail

route_table queue_routes(const context_pointer& context) {
  using namespace queue_manager_detail;
  const std::string base = "/api/tasks/queue/", task = "{taskType}/{taskId}";
  constexpr auto read = permission::queue_read;
  constexpr auto control = permission::queue_control;
  auto leave = serve(context, move_task<command::leave_queue>);
  return {
      {method::get, base + "sizes", read, serve(context, sizes)},
      {method::get, base + "size", read, serve(context, size)},
      {method::get, base + "all", read, serve(context, list(false))},
      {method::get, base + "all/verbose", read, serve(context, list(true))},
      {method::get, base + "polldata", read, serve(context, poll_data)},
      {method::get, base + "polldata/all", read, serve(context, all_poll_data)},
      {method::delete_, base + task, control, leave},
      // This is what the remove-from-queue call of Conductor's Java client
      // sends.
      {method::get, base + task, control, leave},
      {method::post, base + "requeue/{taskType}", control,
       serve(context, requeue)},
      {method::get, "/api/tutti/queues", read, serve(context, describe)},
      {method::post, "/api/tutti/queues/" + task, control,
       serve(context, move_task<command::queue_again>)},
  };
}

} // namespace tutti::rest
