#include "api/rest/routes/answering.hpp"
#include "api/rest/routes/query_reader.hpp"

#include <algorithm>

namespace tutti::rest {

// The history of an execution, and what it waits for, under the path of
// Conductor's execution routes; Conductor has neither.

namespace workflow_insight_detail {

constexpr int64_t page_max = 1'000;

constexpr auto from = long_of("from", 1, "1");
constexpr auto count = long_of("count", 100, "100");

void history(const context_pointer& context, exchange_pointer x,
             std::string_view id) {
  query_reader query(*x);
  read_history ask;
  ask.workflow_id = id;
  ask.from = query.read_positive(from);
  ask.count = std::min(query.read_positive(count), page_max);
  if (query.failure())
    return refuse(*x, *query.failure());
  post(*context, std::move(x), std::move(ask), as_json);
}

void explain(const context_pointer& context, exchange_pointer x,
             std::string_view id) {
  query_reader query(*x);
  explain_workflow ask;
  ask.workflow_id = id;
  ask.count_max = uint64_t(std::min(query.read_positive(count), page_max));
  if (query.failure())
    return refuse(*x, *query.failure());
  post(*context, std::move(x), std::move(ask), as_json);
}

} // namespace workflow_insight_detail

route_table workflow_insight_routes(const context_pointer& context) {
  using namespace workflow_insight_detail;
  const std::string one = "/api/workflow/{workflowId}";
  return {
      {method::get, one + "/history", permission::workflow_read,
       serve(context, history),
       about("What changed an execution, when, and by whom.")
           .with(from, count)
           .answers("map")},
      {method::get, one + "/explain", permission::workflow_read,
       serve(context, explain),
       about("What each open task waits for.").with(count).answers("map")},
  };
}

} // namespace tutti::rest
