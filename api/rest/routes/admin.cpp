#include "api/rest/routes/answering.hpp"
#include "api/rest/routes/query_reader.hpp"

namespace tutti::rest {

// Conductor's tools against executions that its sweeper has lost. Nothing is
// lost here; who calls them is answered truthfully.

namespace admin_detail {

/// The execution is looked at now. An unknown id is no error.
void sweep(const context_pointer& context, exchange_pointer x,
           std::string_view id) {
  auto then = [x, id = std::string(id)](const result<answer>& got) {
    if (!got && got.failure().code != errc::not_found)
      return refuse(*x, got.failure());
    x->reply(text((got ? "true." : "false.") + id));
  };
  context->gateway->ask(call_workflow{std::string(id), command::decide{}},
                        x->context(), reply<answer>(std::move(then)));
}

/// False: nothing had to be repaired. What does not agree cannot be repaired
/// from the store alone: it is said.
void verify(const context_pointer& context, exchange_pointer x,
            std::string_view id) {
  post(*context, std::move(x), verify_execution{std::string(id)},
       [id = std::string(id)](std::vector<violation>&& found) {
         if (found.empty())
           return text("false");
         std::string why = "execution " + id + " and its rows do not agree:";
         for (auto& one : found)
           why += ' ' + one.path + ": " + one.message + ';';
         why.pop_back();
         return to_response(failure{errc::internal, std::move(why)});
       });
}

} // namespace admin_detail

route_table admin_routes(const context_pointer& context) {
  using namespace admin_detail;
  const std::string base = "/api/admin/";
  return {
      {method::post, base + "sweep/requeue/{workflowId}", permission::admin,
       serve(context, sweep),
       about("Evaluates an execution now.").answers("text")},
      {method::post, base + "consistency/verifyAndRepair/{workflowId}",
       permission::admin, serve(context, verify),
       about("Whether an execution and its stored rows agree.")
           .answers("text")},
  };
}

} // namespace tutti::rest
