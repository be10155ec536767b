#include "api/rest/routes/answering.hpp"
#include "api/rest/routes/script_syntax.hpp"
#include "messages/workflow_tester.hpp"

namespace tutti::rest {

// Dry runs. Nothing is stored, unlike with Conductor, where the execution of a
// test stays. Tutti's own route tells more: coverage, timeline, what is
// missing.

namespace workflow_test_detail {

/// Definitions that children are to run in the place of the registered ones.
void look_at_children(const route_context& context,
                      const workflow_test_request& of, const std::string& path,
                      std::vector<violation>& found,
                      std::vector<script_to_check>& scripts) {
  for (auto& [reference, child] : of.sub_workflows) {
    auto at = path + ".subWorkflowTestRequest[" + reference + "]";
    if (auto& definition = child->start.definition) {
      auto broken = tutti::validate(*definition, at + ".workflowDef",
                                    context.settings.validation,
                                    context.check_references);
      found.insert(found.end(), broken.begin(), broken.end());
      collect_scripts(scripts, *definition, at + ".workflowDef");
    }
    look_at_children(context, *child, at, found, scripts);
  }
}

void test(const route_context& context, exchange_pointer x, bool report) {
  if (!context.tester)
    return refuse(*x, failure{errc::unavailable, "dry runs are not served"});
  auto request = read_workflow_test_request(x->body());
  if (!request)
    return refuse(*x, request.failure());
  auto found
      = tutti::validate(request->start, "startWorkflow.arg0",
                        context.settings.validation, context.check_references);
  std::vector<script_to_check> scripts;
  if (request->start.definition)
    collect_scripts(scripts, *request->start.definition,
                    "startWorkflow.arg0.workflowDef");
  look_at_children(context, *request, "startWorkflow.arg0", found, scripts);
  when_valid(context, std::move(x), std::move(found), std::move(scripts),
             [request = std::move(*request), report,
              tester = context.tester](exchange_pointer x) mutable {
               test_workflow what;
               what.request = std::move(request);
               what.report = report;
               what.done = answer_json(std::move(x));
               tester->test(std::move(what));
             });
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
