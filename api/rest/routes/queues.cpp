#include "api/rest/routes/answering.hpp"
#include "api/rest/routes/query_reader.hpp"

namespace tutti::rest {

namespace queue_manager_detail {

constexpr auto task_types = texts_of("taskType");
constexpr auto task_type_argument = required_text("taskType");
constexpr auto domain = text_of("domain");
constexpr auto isolation_group = text_of("isolationGroupId");
constexpr auto execution_namespace = text_of("executionNamespace");

void sizes(const context_pointer& context, exchange_pointer x) {
  read_queue_sizes ask{query_reader(*x).read(task_types)};
  if (ask.task_types.empty())
    return x->reply(json("{}"));
  post(*context, std::move(x), std::move(ask), as_json);
}

void size(const context_pointer& context, exchange_pointer x) {
  query_reader query(*x);
  read_queue_size ask;
  ask.task_type = query.read(task_type_argument);
  ask.domain = query.read(domain);
  ask.isolation_group = query.read(isolation_group);
  ask.execution_namespace = query.read(execution_namespace);
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
  read_poll_data ask{query.read(task_type_argument)};
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
  describe_queues ask{query_reader(*x).read(task_types)};
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
      {method::get, base + "sizes", read, serve(context, sizes),
       about("How many tasks wait, by type.")
           .with(task_types)
           .answers("{int}")},
      {method::get, base + "size", read, serve(context, size),
       about("How many tasks wait in a queue.")
           .with(task_type_argument, domain, isolation_group,
                 execution_namespace)
           .answers("int")},
      {method::get, base + "all", read, serve(context, list(false)),
       about("How many tasks wait, by queue.").answers("{int}")},
      {method::get, base + "all/verbose", read, serve(context, list(true)),
       about("How many tasks wait and are out, by queue.").answers("map")},
      {method::get, base + "polldata", read, serve(context, poll_data),
       about("Who polled last for a type.")
           .with(task_type_argument)
           .answers("[PollData]")},
      {method::get, base + "polldata/all", read, serve(context, all_poll_data),
       about("Who polled last for each type.").answers("[PollData]")},
      {method::delete_, base + task, control, leave,
       about("Takes a task out of its queue.")},
      // This is what the remove-from-queue call of Conductor's Java client
      // sends.
      {method::get, base + task, control, leave,
       about("Takes a task out of its queue.")},
      {method::post, base + "requeue/{taskType}", control,
       serve(context, requeue),
       about("Offers the waiting tasks of a type again.").answers("text")},
      {method::get, "/api/tutti/queues", read, serve(context, describe),
       about("Queues with their limits.").with(task_types).answers("map")},
      {method::post, "/api/tutti/queues/" + task, control,
       serve(context, move_task<command::queue_again>),
       about("Puts a task back into its queue.")},
  };
}

} // namespace tutti::rest
