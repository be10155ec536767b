#include "api/rest/routes/answering.hpp"
#include "messages/workflow_tester.hpp"

namespace tutti::rest {

// Dry runs. Nothing is stored, unlike with Conductor, where the execution of a
// test stays. Tutti's own route tells more: coverage, timeline, what is
// missing.

namespace workflow_test_detail {

void test(const route_context& context, exchange_pointer x, bool report) {
  if (!context.tester)
    return refuse(*x, failure{errc::unavailable, "dry runs are not served"});
  auto request = read_workflow_test_request(x->body());
  if (!request)
    return refuse(*x, request.failure());
  if (auto found = tutti::validate(request->start, "startWorkflow.arg0",
                                   context.settings.validation, context.wiring);
      !found.empty())
    return refuse(*x, invalid_request(std::move(found)));
  test_workflow what;
  what.request = std::move(*request);
  what.report = report;
  what.done = answer_json(std::move(x));
  context.tester->test(std::move(what));
}

} // namespace workflow_test_detail

void add_workflow_test(route_table& to, const context_pointer& context) {
  to.post("/api/workflow/test", [=](exchange_pointer x, auto&) {
    workflow_test_detail::test(*context, std::move(x), false);
  });
  to.post("/api/tutti/workflow/test", [=](exchange_pointer x, auto&) {
    workflow_test_detail::test(*context, std::move(x), true);
  });
}

} // namespace tutti::rest
