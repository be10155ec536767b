#include "api/rest/routes/unknown_fields.hpp"

namespace tutti::rest {

// Dry runs. Unlike in Conductor nothing is stored. Tutti's own route also
// reports coverage, timeline and missing mocks.

namespace workflow_test_detail {

auto test(bool report) {
  return [report](const context_pointer& context, exchange_pointer x) {
    query_reader query(*x);
    unknown_fields unknown(query);
    if (query.failure())
      return refuse(*x, *query.failure());
    auto request = read_workflow_test_request(x->body(), unknown.found());
    if (!request)
      return refuse(*x, request.failure());
    if (auto why = unknown.refusal())
      return refuse(*x, *why);
    auto what = std::make_shared<test_workflow>();
    what->what = std::move(*request);
    what->report = report;
    auto shape = unknown.with_warnings(as_json);
    auto then = [context, x, what, shape](const std::optional<failure>& why) {
      if (why)
        return refuse(*x, *why);
      post(*context, x, std::move(*what), shape);
    };
    context->admission.check(what->what, "startWorkflow.arg0", x->context(),
                             std::move(then));
  };
}

} // namespace workflow_test_detail

// They start nothing: the permission to read definitions is enough.
route_table workflow_test_routes(const context_pointer& context) {
  using workflow_test_detail::test;
  return {
      {method::post, "/api/workflow/test", permission::metadata_read,
       serve(context, test(false)),
       about("Runs a workflow with mocked workers; stores nothing.")
           .with(strict)
           .takes("WorkflowTestRequest")
           .answers("Workflow")},
      {method::post, "/api/tutti/workflow/test", permission::metadata_read,
       serve(context, test(true)),
       about("The same; answers a report.")
           .with(strict)
           .takes("WorkflowTestRequest")
           .answers("map")},
  };
}

} // namespace tutti::rest
