#include "api/rest/routes/answering.hpp"
#include "api/rest/routes/query_reader.hpp"

namespace tutti::rest {

namespace queue_manager_detail {

using kind = queue_query::kind;

void send(const route_context& context, queue_query ask, reply<answer> done) {
  ask.done = std::move(done);
  context.gateway->send(std::move(ask));
}

void sizes(const route_context& context, exchange_pointer x) {
  queue_query ask;
  ask.what = kind::sizes;
  ask.task_types = query_reader(*x).list("taskType");
  if (ask.task_types.empty())
    return x->reply(json("{}"));
  send(context, std::move(ask), answer_json(std::move(x)));
}

void size(const route_context& context, exchange_pointer x) {
  query_reader query(*x);
  queue_query ask;
  ask.what = kind::size;
  ask.task_types.push_back(query.required("taskType"));
  ask.domain = query.text("domain");
  ask.isolation_group = query.text("isolationGroupId");
  ask.execution_namespace = query.text("executionNamespace");
  if (query.failure())
    return refuse(*x, *query.failure());
  send(context, std::move(ask), answer_json(std::move(x)));
}

void poll_data(const route_context& context, exchange_pointer x) {
  query_reader query(*x);
  queue_query ask;
  ask.what = kind::poll_data;
  ask.task_types.push_back(query.required("taskType"));
  if (query.failure())
    return refuse(*x, *query.failure());
  send(context, std::move(ask), answer_json(std::move(x)));
}

void requeue(const route_context& context, exchange_pointer x,
             std::string_view task_type) {
  queue_query ask;
  ask.what = kind::requeue;
  ask.task_types.emplace_back(task_type);
  send(context, std::move(ask), answer_text(std::move(x)));
}

/// The task leads to its execution; its type is only there to be read.
template <class Command>
void move_task(const route_context& context, exchange_pointer x,
               std::string_view task_id) {
  call_workflow message;
  message.workflow_id = task_id;
  message.client = x->header("X-Client-Id").value_or("");
  message.what = Command{std::string(task_id)};
  message.done = answer_void(std::move(x));
  context.gateway->send(std::move(message));
}

} // namespace queue_manager_detail

void add_queues(route_table& to, const context_pointer& context) {
  namespace detail = queue_manager_detail;
  using kind = queue_query::kind;
  const std::string base = "/api/tasks/queue/";
  auto plain = [&](auto act) {
    return [=](exchange_pointer x, const path_params&) {
      act(*context, std::move(x));
    };
  };
  auto of_all = [&](kind what) {
    return [=](exchange_pointer x, const path_params&) {
      queue_query ask;
      ask.what = what;
      detail::send(*context, std::move(ask), answer_json(std::move(x)));
    };
  };
  to.get(base + "sizes", plain(detail::sizes));
  to.get(base + "size", plain(detail::size));
  to.get(base + "all", of_all(kind::all));
  to.get(base + "all/verbose", of_all(kind::all_verbose));
  to.get(base + "polldata", plain(detail::poll_data));
  to.get(base + "polldata/all", of_all(kind::all_poll_data));
  auto leave = [=](exchange_pointer x, const path_params& path) {
    detail::move_task<command::leave_queue>(*context, std::move(x), path[1]);
  };
  to.remove(base + "{taskType}/{taskId}", leave);
  // What the remove-from-queue call of Conductor's Java client really sends.
  to.get(base + "{taskType}/{taskId}", leave);
  to.post("/api/tutti/queues/{taskType}/{taskId}",
          [=](exchange_pointer x, const path_params& path) {
            detail::move_task<command::queue_again>(*context, std::move(x),
                                                    path[1]);
          });
  to.get("/api/tutti/queues", [=](exchange_pointer x, const path_params&) {
    queue_query ask;
    ask.what = kind::details;
    ask.task_types = query_reader(*x).list("taskType");
    detail::send(*context, std::move(ask), answer_json(std::move(x)));
  });
  to.post(base + "requeue/{taskType}",
          [=](exchange_pointer x, const path_params& path) {
            detail::requeue(*context, std::move(x), path[0]);
          });
}

} // namespace tutti::rest
