#include "api/rest/routes/answering.hpp"
#include "api/rest/routes/query_reader.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace tutti::rest {

// What Conductor does not have: for Tutti's own tools and tests.

namespace tutti_detail {

void executions(const route_context& context, exchange_pointer x) {
  query_reader query(*x);
  list_executions ask;
  ask.name = query.text("name");
  ask.version = query.version();
  ask.running_only = query.flag("running", true);
  auto most = context.settings.list_count_max;
  auto count = query.long_number("count", static_cast<int64_t>(most));
  if (query.failure())
    return refuse(*x, *query.failure());
  ask.count_max
      = std::min(static_cast<size_t>(std::max<int64_t>(count, 0)), most);
  ask.summaries = true;
  ask.done = answer_json(std::move(x));
  context.gateway->send(std::move(ask));
}

void incidents(const route_context& context, exchange_pointer x) {
  incident_query ask;
  ask.done = answer_json(std::move(x));
  context.gateway->send(std::move(ask));
}

void release(const route_context& context, exchange_pointer x,
             std::string_view id) {
  incident_query ask;
  ask.release_workflow_id = id;
  ask.done = answer_void(std::move(x));
  context.gateway->send(std::move(ask));
}

result<int64_t> read_advance(std::string_view body) {
  auto read = parse_json(body);
  if (!read)
    return read.failure();
  auto ms = read->is_object() ? read->find("ms") : read->end();
  if (ms == read->end() || !ms->is_number_integer())
    return failure{errc::invalid, "clock: property 'ms' must be an integer"};
  constexpr int64_t century_ms = 100LL * 365 * 24 * 3600 * 1000;
  if (*ms < 0 || *ms > century_ms)
    return failure{errc::invalid,
                   "clock: it goes forward, by a century at most"};
  return ms->get<int64_t>();
}

void advance(const route_context& context, exchange_pointer x) {
  auto by_ms = read_advance(x->body());
  if (!by_ms)
    return refuse(*x, by_ms.failure());
  advance_clock what;
  what.by_ms = *by_ms;
  what.done = answer_void(std::move(x));
  context.gateway->send(std::move(what));
}

} // namespace tutti_detail

void add_tutti(route_table& to, const context_pointer& context) {
  namespace detail = tutti_detail;
  auto plain = [&](auto act) {
    return [=](exchange_pointer x, const path_params&) {
      act(*context, std::move(x));
    };
  };
  to.get("/api/tutti/executions", plain(detail::executions));
  to.get("/api/tutti/incidents", plain(detail::incidents));
  to.post("/api/tutti/incidents/{workflowId}/release",
          [=](exchange_pointer x, const path_params& path) {
            detail::release(*context, std::move(x), path[0]);
          });
  if (context->settings.test_clock)
    to.post("/api/tutti/clock/advance", plain(detail::advance));
}

} // namespace tutti::rest
