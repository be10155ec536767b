#include "api/rest/routes/answering.hpp"
#include "api/rest/routes/query_reader.hpp"

namespace tutti::rest {

// Retention (reference:retention): executions leave some time after their end.

namespace retention_detail {

constexpr auto dry_run = flag_of("dryRun", false);
constexpr auto name_argument = text_of("name");
constexpr auto before = long_of("before", 0, "0");
constexpr auto count_argument = long_of("count", 100, "100");

void read(const context_pointer& context, exchange_pointer x) {
  post(*context, std::move(x), read_retention{}, as_json);
}

void run(const context_pointer& context, exchange_pointer x) {
  query_reader query(*x);
  run_retention what{query.read(dry_run)};
  if (query.failure())
    return refuse(*x, *query.failure());
  post(*context, std::move(x), what, as_json);
}

void list(const context_pointer& context, exchange_pointer x) {
  query_reader query(*x);
  list_archived what;
  what.name = query.read(name_argument);
  what.end_to = query.read_natural(before);
  what.count = query.read_positive(count_argument);
  if (query.failure())
    return refuse(*x, *query.failure());
  post(*context, std::move(x), std::move(what), [](document&& got) {
    auto next = got.next;
    auto out = as_json(std::move(got));
    if (next > 0)
      out.headers.emplace_back("Tutti-Next", std::to_string(next));
    return out;
  });
}

} // namespace retention_detail

route_table retention_routes(const context_pointer& context) {
  using namespace retention_detail;
  const std::string base = "/api/tutti/retention";
  return {
      {method::get, base, permission::workflow_read, serve(context, read),
       about("The policies of retention and what they did.").answers("map")},
      {method::post, base + "/run", permission::admin, serve(context, run),
       about("Looks for what has to leave now.").with(dry_run).answers("map")},
      {method::get, base + "/archive", permission::workflow_read,
       serve(context, list),
       about("Executions that have left.")
           .with(name_argument, before, count_argument)
           .answers("[map]")},
  };
}

} // namespace tutti::rest
