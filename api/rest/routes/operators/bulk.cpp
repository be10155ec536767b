#include "api/rest/routes/answering.hpp"
#include "api/rest/routes/operators/bulk_run.hpp"
#include "api/rest/routes/query_reader.hpp"
#include "messages/model/codec.hpp"

namespace tutti::rest {

namespace bulk_detail {

using steps = std::vector<bulk_run::step>;

constexpr auto reason = text_of("reason");
constexpr auto failure_workflow = flag_of("triggerFailureWorkflow", false);
constexpr auto archive = flag_of("archiveWorkflow", true);
constexpr auto use_latest = flag_of("useLatestDefinitions", false);

/// All take a list of ids and answer what became of each.
route_notes about_many(std::string_view sentence) {
  return about(sentence).takes("[text]").answers("BulkResponse");
}

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
  what.reason = query.read(reason);
  what.failure_workflow = query.read(failure_workflow);
  return call(context, std::move(what));
}

bulk_run::step remove(const context_pointer& context, query_reader& query) {
  return step(context, remove_workflow{{}, query.read(archive)});
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
    auto latest = query.read(use_latest);
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
       plain("pauseWorkflow.arg0", command::pause{}),
       about_many("Pauses executions.")},
      {method::put, base + "resume", control,
       plain("resumeWorkflow.arg0", command::resume{}),
       about_many("Resumes executions.")},
      {method::post, base + "retry", control,
       plain("retry.arg0", command::retry{}),
       about_many("Tries the failed tasks of executions again.")},
      {method::post, base + "restart", control,
       handler(context, "restart.arg0", restart),
       about_many("Starts executions over.").with(use_latest)},
      {method::post, base + "terminate", control,
       handler(context, "terminate.arg0", end),
       about_many("Terminates executions.").with(reason, failure_workflow)},
      {method::delete_, base + "remove", control,
       handler(context, "deleteWorkflow.arg0", forget),
       about_many("Removes executions, or moves them to the archive.")
           .with(archive)},
      // Where a DELETE must not have a body.
      {method::post, base + "delete", control,
       handler(context, "deleteWorkflow.arg0", forget),
       about_many("Removes executions, or moves them to the archive.")
           .with(archive)},
      {method::delete_, base + "terminate-remove", control,
       handler(context, "terminateRemove.arg0", end_and_forget),
       about_many("Terminates executions and removes them.")
           .with(reason, failure_workflow, archive)},
  };
}

} // namespace tutti::rest
