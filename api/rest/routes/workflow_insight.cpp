#include "api/rest/routes/answering.hpp"
#include "api/rest/routes/query_reader.hpp"

#include <algorithm>

namespace tutti::rest {

// How an execution became what it is, and what it waits for. Beside
// Conductor's routes of the same execution; Conductor has neither.

namespace workflow_insight_detail {

constexpr int64_t page_max = 1'000;

void history(const route_context& context, exchange_pointer x,
             std::string_view id) {
  query_reader query(*x);
  read_history ask;
  ask.workflow_id = id;
  ask.from = query.positive("from", 1);
  ask.count = int32_t(std::min(query.positive("count", 100), page_max));
  if (query.failure())
    return refuse(*x, *query.failure());
  ask.done = answer_json(std::move(x));
  context.gateway->send(std::move(ask));
}

void explain(const route_context& context, exchange_pointer x,
             std::string_view id) {
  query_reader query(*x);
  explain_workflow ask;
  ask.workflow_id = id;
  ask.count_max = size_t(std::min(query.positive("count", 100), page_max));
  if (query.failure())
    return refuse(*x, *query.failure());
  ask.done = answer_json(std::move(x));
  context.gateway->send(std::move(ask));
}

} // namespace workflow_insight_detail

void add_workflow_insight(route_table& to, const context_pointer& context) {
  namespace detail = workflow_insight_detail;
  const std::string one = "/api/workflow/{workflowId}";
  to.get(one + "/history", [=](exchange_pointer x, const path_params& path) {
    detail::history(*context, std::move(x), path[0]);
  });
  to.get(one + "/explain", [=](exchange_pointer x, const path_params& path) {
    detail::explain(*context, std::move(x), path[0]);
  });
}

} // namespace tutti::rest
