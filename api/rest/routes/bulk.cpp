#include "api/rest/routes/answering.hpp"
#include "api/rest/routes/bulk_run.hpp"
#include "api/rest/routes/query_reader.hpp"
#include "messages/model/codec.hpp"

namespace tutti::rest {

namespace bulk_detail {

using steps = std::vector<bulk_run::step>;

/// A step that sends this request for each workflow.
template <class Request>
bulk_run::step step(const context_pointer& context, Request what) {
  return [=](const std::string& id, const request_context& from,
             bulk_run::outcome_of_step then) {
    auto one = what;
    one.workflow_id = id;
    using response = typename Request::response;
    context->gateway->ask(
        std::move(one), from,
        reply<response>([then = std::move(then)](const result<response>& got) {
          then(got ? nullptr : &got.failure());
        }));
  };
}

bulk_run::step call(const context_pointer& context, workflow_command what) {
  return step(context, call_workflow{{}, std::move(what)});
}

bulk_run::step terminate(const context_pointer& context, query_reader& query) {
  command::terminate what;
  what.reason = query.text("reason");
  what.failure_workflow = query.flag("triggerFailureWorkflow", false);
  return call(context, std::move(what));
}

bulk_run::step remove(const context_pointer& context, query_reader& query) {
  return step(context,
              remove_workflow{{}, query.flag("archiveWorkflow", true)});
}

/// `make` reads the query and returns the steps.
template <class Make>
route_handler handler(const context_pointer& context, std::string path,
                      Make make) {
  return [=](exchange_pointer x, const path_params&) {
    query_reader query(*x);
    steps todo = make(query);
    if (query.failure())
      return refuse(*x, *query.failure());
    auto ids = read_strings(x->body(), "list of workflow ids");
    if (!ids)
      return refuse(*x, ids.failure());
    if (auto why = context->admission.check_ids(*ids, path))
      return refuse(*x, *why);
    std::make_shared<bulk_run>(std::move(x), std::move(*ids), std::move(todo))
        ->start();
  };
}

} // namespace bulk_detail

route_table bulk_routes(const context_pointer& context) {
  using namespace bulk_detail;
  const std::string base = "/api/workflow/bulk/";
  constexpr auto control = permission::workflow_control;
  auto plain = [&](const char* path, workflow_command what) {
    return handler(context, path,
                   [=](query_reader&) { return steps{call(context, what)}; });
  };
  auto restart = [=](query_reader& query) {
    auto latest = query.flag("useLatestDefinitions", false);
    return steps{step(context, restart_workflow{{}, latest})};
  };
  auto end
      = [=](query_reader& query) { return steps{terminate(context, query)}; };
  auto forget
      = [=](query_reader& query) { return steps{remove(context, query)}; };
  // An id may be listed as success and as error: a COMPLETED execution cannot
  // be terminated, but is removed.
  auto end_and_forget = [=](query_reader& query) {
    return steps{terminate(context, query), remove(context, query)};
  };
  return {
      {method::put, base + "pause", control,
       plain("pauseWorkflow.arg0", command::pause{})},
      {method::put, base + "resume", control,
       plain("resumeWorkflow.arg0", command::resume{})},
      {method::post, base + "retry", control,
       plain("retry.arg0", command::retry{})},
      {method::post, base + "restart", control,
       handler(context, "restart.arg0", restart)},
      {method::post, base + "terminate", control,
       handler(context, "terminate.arg0", end)},
      {method::delete_, base + "remove", control,
       handler(context, "deleteWorkflow.arg0", forget)},
      {method::delete_, base + "terminate-remove", control,
       handler(context, "terminateRemove.arg0", end_and_forget)},
  };
}

} // namespace tutti::rest
