#include "api/rest/routes/answering.hpp"
#include "api/rest/routes/query_reader.hpp"
#include "messages/model/json_writer.hpp"

#include <nlohmann/json.hpp>

namespace tutti::rest {

// Routes that Conductor does not have, for Tutti's tools and tests.

namespace tutti_detail {

constexpr auto name = text_of("name");
constexpr auto version = number_of("version");
constexpr auto running = flag_of("running", true);
constexpr auto count = long_of("count", 10'000, "10000");
constexpr auto before = long_of("before", 0, "0");

/// `put(writer, item)` writes the members of one item.
template <class Items, class Put>
response json_list(const Items& items, Put put) {
  std::string out = "[";
  for (auto& x : items) {
    if (out.size() > 1)
      out += ',';
    json_object_writer object(out);
    put(object, x);
    object.close();
  }
  return json(out + ']');
}

/// Members in the order of their names, for compatibility.
response summaries(execution_list&& got) {
  auto out = json_list(got.items, [](json_object_writer& out, auto& x) {
    out.number("createTime", x.created);
    out.text("status", to_text(x.status));
    out.number("version", x.version);
    out.text("workflowId", x.workflow_id);
    out.text("workflowType", x.name);
  });
  out.headers.emplace_back("Tutti-Total", std::to_string(got.total));
  return out;
}

void executions(const context_pointer& context, exchange_pointer x) {
  query_reader query(*x);
  list_executions ask;
  ask.name = query.read(name);
  ask.version = query.read(version);
  ask.running_only = query.read(running);
  ask.count_max = context->admission.bound_list(query.read(count));
  if (auto until = query.read(before); until > 0)
    ask.created_to = until - 1;
  if (query.failure())
    return refuse(*x, *query.failure());
  ask.summaries = true;
  post(*context, std::move(x), std::move(ask), summaries);
}

void incidents(const context_pointer& context, exchange_pointer x) {
  post(*context, std::move(x), list_incidents{}, [](incident_list&& got) {
    return json_list(got.items, [](json_object_writer& out, auto& x) {
      out.number("crashes", x.crashes);
      out.text("lastError", x.last_error);
      out.number("since", x.since);
      out.text("workflowId", x.workflow_id);
    });
  });
}

void release(const context_pointer& context, exchange_pointer x,
             std::string_view id) {
  post(*context, std::move(x), release_incident{std::string(id)}, as_void);
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

void advance(const context_pointer& context, exchange_pointer x) {
  auto by_ms = read_advance(x->body());
  if (!by_ms)
    return refuse(*x, by_ms.failure());
  post(*context, std::move(x), advance_clock{*by_ms}, as_void);
}

} // namespace tutti_detail

route_table tutti_routes(const context_pointer& context) {
  using namespace tutti_detail;
  const std::string base = "/api/tutti/";
  route_table out{
      {method::get, base + "executions", permission::workflow_read,
       serve(context, executions),
       about("Executions, the newest first.")
           .with(name, version, running, count, before)
           .answers("[map]")},
      {method::get, base + "incidents", permission::admin,
       serve(context, incidents),
       about("Executions that were set aside after crashes.").answers("[map]")},
      {method::post, base + "incidents/{workflowId}/release", permission::admin,
       serve(context, release), about("Lets such an execution go on.")},
  };
  if (context->settings.test_clock)
    out.emplace_back(method::post, base + "clock/advance", permission::admin,
                     serve(context, advance),
                     about("Moves the clock of a test node.").takes("map"));
  return out;
}

} // namespace tutti::rest
