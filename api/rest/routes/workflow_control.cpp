#include "api/rest/routes/answering.hpp"
#include "api/rest/routes/query_reader.hpp"
#include "messages/model/codec.hpp"

namespace tutti::rest {

namespace workflow_control_detail {

/// A client that names itself is named in the history.
void call(const route_context& context, std::string_view id,
          workflow_command what, const exchange& from, reply<answer> done) {
  call_workflow message;
  message.workflow_id = id;
  message.what = std::move(what);
  message.client = from.header("X-Client-Id").value_or("");
  message.done = std::move(done);
  context.gateway->send(std::move(message));
}

/// `shape` makes the answer.
void call(const route_context& context, std::string_view id,
          workflow_command what, exchange_pointer x,
          reply<answer> (*shape)(exchange_pointer)) {
  auto& from = *x;
  call(context, id, std::move(what), from, shape(std::move(x)));
}

void retry(const route_context& context, exchange_pointer x,
           std::string_view id) {
  query_reader query(*x);
  command::retry what;
  what.resume_sub_workflows = query.flag("resumeSubworkflowTasks", false);
  if (query.failure())
    return refuse(*x, *query.failure());
  call(context, id, what, std::move(x), answer_no_content);
}

void restart(const route_context& context, exchange_pointer x,
             std::string_view id) {
  query_reader query(*x);
  restart_workflow what;
  what.workflow_id = id;
  what.use_latest = query.flag("useLatestDefinitions", false);
  if (query.failure())
    return refuse(*x, *query.failure());
  what.done = answer_no_content(std::move(x));
  context.gateway->send(std::move(what));
}

void rerun(const route_context& context, exchange_pointer x,
           std::string_view id) {
  auto request = read_rerun_request(x->body());
  if (!request)
    return refuse(*x, request.failure());
  rerun_workflow what;
  what.workflow_id = id;
  what.request = std::move(*request);
  what.done = answer_by<answer>(
      std::move(x), [id = std::string(id)](answer&&) { return text(id); });
  context.gateway->send(std::move(what));
}

/// Java and Python send a body; the query is for those that cannot. Go prints
/// its request into a parameter in a form that nobody can read: left alone.
result<skip_task_request> read_skip(const exchange& x) {
  if (x.body().find_first_not_of(" \t\r\n") != std::string_view::npos)
    return read_skip_task_request(x.body());
  skip_task_request out;
  auto read = [&](std::string_view name,
                  std::optional<payload>& into) -> std::optional<failure> {
    auto value = x.query(name);
    if (!value || value->empty())
      return std::nullopt;
    auto object
        = read_object(*value, "query parameter '" + std::string(name) + "'");
    if (!object)
      return object.failure();
    into = std::move(*object);
    return std::nullopt;
  };
  if (auto why = read("taskInput", out.task_input))
    return *why;
  if (auto why = read("taskOutput", out.task_output))
    return *why;
  return out;
}

void skip(const route_context& context, exchange_pointer x,
          const path_params& path) {
  auto request = read_skip(*x);
  if (!request)
    return refuse(*x, request.failure());
  command::skip_task what;
  what.reference_name = path["taskReferenceName"];
  what.request = std::move(*request);
  call(context, path["workflowId"], std::move(what), std::move(x), answer_void);
}

void terminate(const route_context& context, exchange_pointer x,
               std::string_view id) {
  command::terminate what;
  what.reason = x->query("reason").value_or("");
  call(context, id, std::move(what), std::move(x), answer_void);
}

void remove(const route_context& context, exchange_pointer x,
            std::string_view id, bool archive) {
  remove_workflow what;
  what.workflow_id = id;
  what.archive = archive;
  what.done = answer_void(std::move(x));
  context.gateway->send(std::move(what));
}

void remove_only(const route_context& context, exchange_pointer x,
                 std::string_view id) {
  query_reader query(*x);
  bool archive = query.flag("archiveWorkflow", true);
  if (query.failure())
    return refuse(*x, *query.failure());
  remove(context, std::move(x), id, archive);
}

void terminate_remove(const context_pointer& context, exchange_pointer x,
                      std::string_view id) {
  query_reader query(*x);
  bool archive = query.flag("archiveWorkflow", true);
  command::terminate what;
  what.reason = query.text("reason");
  if (query.failure())
    return refuse(*x, *query.failure());
  reply<answer> then([context, x, archive, id](result<answer> ended) {
    if (ended)
      remove(*context, x, id, archive);
    else
      refuse(*x, ended.failure());
  });
  auto& from = *x;
  call(*context, id, std::move(what), from, std::move(then));
}

} // namespace workflow_control_detail

void add_workflow_control(route_table& to, const context_pointer& context) {
  namespace detail = workflow_control_detail;
  const std::string one = "/api/workflow/{workflowId}";
  auto plain = [&](workflow_command what, auto shape) {
    return [=](exchange_pointer x, const path_params& path) {
      detail::call(*context, path[0], what, std::move(x), shape);
    };
  };
  auto with_id = [&](auto act) {
    return [=](exchange_pointer x, const path_params& path) {
      act(*context, std::move(x), path[0]);
    };
  };
  to.put("/api/workflow/decide/{workflowId}",
         plain(command::decide{}, answer_void));
  to.put(one + "/pause", plain(command::pause{}, answer_void));
  to.put(one + "/resume", plain(command::resume{}, answer_void));
  to.post(one + "/resetcallbacks",
          plain(command::reset_callbacks{}, answer_no_content));
  to.post(one + "/retry", with_id(detail::retry));
  to.post(one + "/restart", with_id(detail::restart));
  to.post(one + "/rerun", with_id(detail::rerun));
  to.put(one + "/skiptask/{taskReferenceName}",
         [=](exchange_pointer x, const path_params& path) {
           detail::skip(*context, std::move(x), path);
         });
  to.remove(one, with_id(detail::terminate));
  to.remove(one + "/remove", with_id(detail::remove_only));
  to.remove(one + "/terminate-remove",
            [=](exchange_pointer x, const path_params& path) {
              detail::terminate_remove(context, std::move(x), path[0]);
            });
}

} // namespace tutti::rest
