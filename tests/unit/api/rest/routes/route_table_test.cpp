#include "tests/unit/api/rest/routes/route_world.hpp"

#include <fstream>
#include <map>
#include <set>
#include <type_traits>

// The table of all routes, and what each of them needs.

namespace tutti::rest {

using api::permission;

// A row without a permission does not compile.
static_assert(std::is_constructible_v<route, method, const char*, permission,
                                      route_handler>);
static_assert(
    !std::is_constructible_v<route, method, const char*, route_handler>);
static_assert(!std::is_default_constructible_v<route>);

namespace route_table_test {

route_table whole_table() {
  route_context context{.gateway = std::make_shared<test::fake_gateway>()};
  context.settings.test_clock = true;
  context.metrics = context.cluster = [] { return std::string(); };
  return all_routes(std::move(context));
}

/// The same path whatever its variables are called.
std::string shape_of(std::string_view pattern) {
  std::string out;
  bool inside = false;
  for (auto c : pattern) {
    if (c == '{')
      out += "{}";
    else if (c != '}' && !inside)
      out += c;
    inside = c == '{' || (inside && c != '}');
  }
  return out;
}

std::string key_of(std::string_view verb, std::string_view pattern) {
  return std::string(verb) + ' ' + shape_of(pattern);
}

/// Which permissions a row may have, by where it stands.
std::set<permission> fitting(const route& row) {
  auto below = [&](std::string_view start) {
    return row.pattern == start
           || row.pattern.starts_with(std::string(start) + '/');
  };
  bool reads = row.verb == method::get;
  if (below("/api/admin"))
    return {permission::admin};
  if (below("/api/metadata") || below("/api/schema") || below("/api/event")
      || below("/api/secrets") || below("/api/environment"))
    return {reads ? permission::metadata_read : permission::metadata_write};
  if (below("/api/tasks/poll"))
    return {permission::task_poll};
  if (below("/api/tasks/queue") || below("/api/tutti/queues")
      || below("/api/tutti/event-queues"))
    return {reads ? permission::queue_read : permission::queue_control};
  if (below("/api/tasks") || below("/api/queue"))
    return {reads ? permission::workflow_read : permission::task_update};
  if (below("/api/workflow"))
    return reads ? std::set{permission::workflow_read}
                 : std::set{permission::workflow_control,
                            permission::workflow_start};
  if (below("/api/tutti/executions") || below("/api/tutti/search"))
    return {permission::workflow_read};
  if (below("/api/scheduler/admin"))
    return {permission::admin};
  if (below("/api/scheduler"))
    return {reads ? permission::schedule_read : permission::schedule_write};
  if (below("/api/tutti/jobs"))
    return {reads ? permission::workflow_read : permission::workflow_control};
  if (below("/api/tutti/retention"))
    return {reads ? permission::workflow_read : permission::admin};
  if (below("/api/tutti/index"))
    return {reads ? permission::workflow_read : permission::admin};
  if (below("/api/tutti/incidents") || below("/api/tutti/clock")
      || below("/api/tutti/cluster"))
    return {permission::admin};
  return {permission::public_};
}

/// Whose method says something else than they do.
const std::map<std::string, permission> exceptions = {
    // SDKs ask for names of secrets by POST.
    {"POST /api/secrets", permission::metadata_read},
    // Java's client removes a task from a queue by GET.
    {"GET /api/tasks/queue/{}/{}", permission::queue_control},
    // They look at a definition, and store nothing.
    {"POST /api/metadata/workflow/validate", permission::metadata_read},
    {"POST /api/workflow/test", permission::metadata_read},
    {"POST /api/tutti/workflow/test", permission::metadata_read},
    {"POST /api/tutti/jobs/preview", permission::workflow_read},
    // Go's client pauses and resumes by GET.
    {"GET /api/scheduler/schedules/{}/pause", permission::schedule_write},
    {"GET /api/scheduler/schedules/{}/resume", permission::schedule_write},
    // One client starts with its input in the query.
    {"GET /api/workflow/execute/{}", permission::workflow_start},
    // Too many ids for a query.
    {"POST /api/workflow/{}/correlated", permission::workflow_read},
    {"POST /api/workflow/correlated/batch", permission::workflow_read},
};

} // namespace route_table_test

using namespace route_table_test;

TEST_CASE("each route needs the permission that its path and method suggest") {
  for (auto& row : whole_table()) {
    auto key = key_of(to_string(row.verb), row.pattern);
    CAPTURE(key);
    CAPTURE(to_text(row.needs));
    auto other = exceptions.find(key);
    if (other != exceptions.end())
      CHECK(row.needs == other->second);
    else
      CHECK(fitting(row).contains(row.needs));
  }
}

TEST_CASE("no GET but polls and the listed ones needs more than reading") {
  for (auto& row : whole_table()) {
    auto key = key_of(to_string(row.verb), row.pattern);
    if (row.verb != method::get || exceptions.contains(key)
        || row.needs == permission::task_poll || row.needs == permission::admin)
      continue;
    CAPTURE(key);
    CHECK(is_read(row.needs));
  }
}

TEST_CASE("starts and only starts need the permission to start") {
  std::set<std::string> starts;
  for (auto& row : whole_table())
    if (row.needs == permission::workflow_start)
      starts.insert(key_of(to_string(row.verb), row.pattern));
  CHECK(starts
        == std::set<std::string>{
            "GET /api/workflow/execute/{}", "POST /api/workflow",
            "POST /api/workflow/execute/{}", "POST /api/workflow/execute/{}/{}",
            "POST /api/workflow/start/{}/{}", "POST /api/workflow/{}"});
}

TEST_CASE("the router knows the rows of the table and nothing else") {
  std::map<std::string, permission> rows;
  for (auto& row : whole_table())
    CHECK(rows.emplace(key_of(to_string(row.verb), row.pattern), row.needs)
              .second);
  std::optional<permission> asked;
  test::route_world world;
  world.context.settings.test_clock = true;
  world.context.metrics = [] { return std::string(); };
  world.context.cluster = [] { return std::string("{}"); };
  world.access = [&](const api::credentials& from, permission needs) {
    asked = needs;
    return api::admit_everybody(from, needs);
  };
  for (auto& [key, needs] : rows) {
    CAPTURE(key);
    auto space = key.find(' ');
    auto target = key.substr(space + 1);
    for (size_t at; (at = target.find("{}")) != target.npos;)
      target.replace(at, 2, "v1");
    world.begin(key.substr(0, space), target, "{}");
    REQUIRE(asked);
    CHECK(*asked == needs);
  }
}

TEST_CASE("an argument that a row names is read by its type") {
  test::route_world world;
  world.context.settings.test_clock = true;
  world.context.metrics = [] { return std::string(); };
  world.context.cluster = [] { return std::string("{}"); };
  for (auto& row : whole_table())
    for (auto& x : row.notes ? row.notes->arguments : std::vector<argument>()) {
      if (x.type == argument::kind::text || x.type == argument::kind::texts)
        continue;
      auto target = shape_of(row.pattern);
      for (size_t at; (at = target.find("{}")) != target.npos;)
        target.replace(at, 2, "1");
      if (auto at = target.find("/1/signal"); at != target.npos)
        target.replace(at, 2, "/COMPLETED");
      CAPTURE(row.pattern);
      CAPTURE(x.name);
      target += "?" + std::string(x.name) + "=-7.5e";
      for (auto& other : row.notes->arguments)
        if (other.required && other.in == argument::place::query)
          target += "&" + std::string(other.name) + "=*+*+*+*+*+*";
      auto got
          = world.call(to_string(row.verb), target,
                       row.notes->body.starts_with('[') ? "[\"a\"]" : "{}");
      CHECK(got.status == 400);
      CHECK(got.body.find("'" + std::string(x.name) + "'") != got.body.npos);
    }
}

TEST_CASE("every row of the table stands in the list that is kept here") {
  // method, path, permission: what the table is, readable by whoever grants
  // permissions. A new route is added here as well.
  std::ifstream file(TUTTI_SOURCE_DIR "/tests/unit/api/rest/routes/routes.tsv");
  std::set<std::string> kept, found;
  for (std::string line; std::getline(file, line);)
    if (!line.empty() && line[0] != '#')
      kept.insert(line);
  for (auto& row : whole_table())
    found.insert(std::string(to_string(row.verb)) + '\t' + row.pattern + '\t'
                 + std::string(to_text(row.needs)));
  for (auto& line : found)
    if (!kept.contains(line))
      FAIL_CHECK("routes.tsv lacks: " << line);
  for (auto& line : kept)
    if (!found.contains(line))
      FAIL_CHECK("there is no such route: " << line);
}

} // namespace tutti::rest
