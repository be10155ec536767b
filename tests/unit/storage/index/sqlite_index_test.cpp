#include "tests/unit/storage/index/known_rows.hpp"

#include <fstream>

namespace tutti::index::test {

using query::field;
using query::subject;

TEST_CASE("an index that is not there must be built, and is there then") {
  index_world world;
  CHECK(!world.positions);
  world.build({an_execution("a")}, 7);
  CHECK(world.ids("") == "a");
  world.reopen();
  REQUIRE(world.positions);
  CHECK(world.positions->at(0) == 7);
  CHECK(world.ids("status=RUNNING") == "a");
}

TEST_CASE("an index with other shards, tasks or version is built anew") {
  index_world world;
  world.policy = task_policy::all;
  world.reopen();
  CHECK(!world.positions);
  world.build({});
  world.reopen();
  CHECK(world.positions);
  world.of = make_sqlite_index({world.directory.path, world.policy, 2, 4, {}});
  auto opened = world.of->open(2);
  REQUIRE(opened);
  CHECK(!*opened);
}

TEST_CASE("a damaged file is found out when it is opened") {
  index_world world;
  std::vector<execution_change> rows;
  for (int i = 0; i < 2'000; ++i)
    rows.push_back(an_execution("id-" + std::to_string(i)));
  world.build(rows, 1);
  world.of.reset();
  auto file = world.directory.path / "index.db";
  auto size = std::filesystem::file_size(file);
  SUBCASE("cut short") { std::filesystem::resize_file(file, size / 2); }
  SUBCASE("empty") { std::filesystem::resize_file(file, 0); }
  SUBCASE("garbage at its begin") {
    std::fstream(file, std::ios::in | std::ios::out | std::ios::binary)
        << "this is no database, whatever its name says";
  }
  SUBCASE("garbage in its middle") {
    std::fstream out(file, std::ios::in | std::ios::out | std::ios::binary);
    out.seekp(std::streamoff(size / 2));
    out << std::string(40'000, 'x');
  }
  world.reopen();
  CHECK(!world.positions);
  world.build(rows, 1);
  CHECK(world.find("").total == 2'000);
}

TEST_CASE("changes of a page and its position are one transaction") {
  index_world world;
  auto a = an_execution("a");
  CHECK(world.apply({a}).empty());
  execution_change end;
  end.id = "a";
  end.revision = 5;
  end.set.status = workflow_status::completed;
  end.set.ended = now;
  CHECK(world.apply({end}).empty());
  CHECK(world.ids("status=COMPLETED AND endTime=1700000000000") == "a");
  // What comes again changes nothing, also within a newer page.
  auto late = end;
  late.revision = 3;
  late.set.status = workflow_status::failed;
  CHECK(world.apply({late}).empty());
  CHECK(world.of->apply({{0, 1, {an_execution("b")}}}));
  CHECK(world.ids("") == "a");
  CHECK(world.ids("status=COMPLETED") == "a");
  world.reopen();
  CHECK(world.positions->at(0) == 3);
}

TEST_CASE("an execution that is not known must come complete") {
  index_world world;
  execution_change part;
  part.id = "a";
  part.revision = 5;
  part.set.status = workflow_status::failed;
  CHECK(world.apply({part}) == std::vector<std::string>{"a"});
  CHECK(world.ids("") == "");
  auto whole = an_execution("a", "ship", workflow_status::failed);
  whole.revision = 5;
  CHECK(world.of->put({whole}));
  CHECK(world.ids("status=FAILED") == "a");
}

TEST_CASE("a removed execution leaves with its tasks, words and sums") {
  index_world world;
  auto a = an_execution("a", "ship", workflow_status::failed);
  a.words[0] = {"rare"};
  a.attributes[0] = {{"input.k", query::attribute_kind::text, "v", 0}};
  a.tasks = {a_task("t1", task_status::failed)};
  world.apply({a, an_execution("b")});
  CHECK(world.ids("", {.text = "rare"}) == "a");
  CHECK(world.ids("input.k=v") == "a");
  execution_change gone;
  gone.id = "a";
  gone.removed = true;
  world.apply({gone});
  CHECK(world.ids("") == "b");
  CHECK(world.ids("", {.text = "rare"}) == "");
  CHECK(world.ids("input.k IS NULL") == "b");
  CHECK(world.ids("", {.of = subject::tasks}) == "");
  auto sums = world.of->summarize({"", 0, now, false, 10});
  REQUIRE(sums);
  CHECK(sums->empty());
  // Its number is used again, its words are not.
  world.apply({an_execution("c")});
  CHECK(world.ids("", {.text = "rare"}) == "");
}

TEST_CASE("tasks are found as far as the policy says") {
  for (auto policy : {task_policy::none, task_policy::failed,
                      task_policy::terminal, task_policy::all}) {
    CAPTURE(int(policy));
    index_world world(policy);
    auto a = an_execution("a");
    a.tasks = {a_task("open", task_status::in_progress),
               a_task("good", task_status::scheduled),
               a_task("bad", task_status::failed)};
    world.apply({a});
    execution_change more;
    more.id = "a";
    more.revision = 2;
    changed_task good;
    good.id = "good";
    good.set.status = task_status::completed;
    good.set.started = now - 40'000;
    good.set.ended = now - 10'000;
    more.tasks = {good};
    CHECK(world.apply({more}).empty());
    index_world::how tasks{.of = subject::tasks, .sort = "taskId"};
    switch (policy) {
      case task_policy::none:
        CHECK(world.ids("", tasks) == "");
        break;
      case task_policy::failed:
        CHECK(world.ids("", tasks) == "bad");
        break;
      case task_policy::terminal:
        CHECK(world.ids("", tasks) == "bad good");
        CHECK(world.ids("executionTime=30000 AND queueWaitTime=10000 AND "
                        "workflowType=ship AND taskType=pack",
                        tasks)
              == "good");
        break;
      case task_policy::all:
        CHECK(world.ids("", tasks) == "bad good open");
        break;
    }
  }
}

TEST_CASE("executions of tasks come once, in the order of their tasks") {
  index_world world(task_policy::all);
  auto a = an_execution("a"), b = an_execution("b");
  a.tasks
      = {a_task("a1", task_status::failed), a_task("a2", task_status::failed)};
  b.tasks = {a_task("b1", task_status::failed)};
  a.tasks[1].set.scheduled = now;
  world.apply({a, b});
  index_world::how how{.of = subject::tasks,
                       .executions_of_tasks = true,
                       .sort = "scheduledTime:DESC"};
  auto found = world.find("status=FAILED", how);
  CHECK(found.total == 2);
  CHECK(world.ids("status=FAILED", how) == "a b");
  how.count = 1;
  auto first = world.find("status=FAILED", how);
  REQUIRE(!first.cursor.empty());
  how.cursor = first.cursor;
  CHECK(world.ids("status=FAILED", how) == "b");
}

TEST_CASE("pages by cursor hold every hit once, whatever is equal") {
  index_world world;
  std::vector<execution_change> rows;
  for (int i = 0; i < 37; ++i) {
    rows.push_back(an_execution("id-" + std::to_string(100 + i)));
    rows.back().set.created = now - i % 5;
    rows.back().set.type = "type" + std::to_string(i % 3);
  }
  world.build(rows, 1);
  for (auto* sort : {"startTime:DESC", "startTime",
                     "workflowType|startTime:DESC", "status|workflowId:DESC"}) {
    CAPTURE(sort);
    std::string all = world.ids("", {.sort = sort}), paged;
    std::string cursor;
    int pages = 0;
    do {
      auto page = world.find("", {.sort = sort, .count = 5, .cursor = cursor});
      for (auto& hit : page.items)
        paged += (paged.empty() ? "" : " ") + hit.workflow_id;
      CHECK(page.total == 37);
      cursor = page.cursor;
      ++pages;
    } while (!cursor.empty());
    CHECK(pages == 8);
    CHECK(paged == all);
  }
  auto page = world.find("", {.sort = "startTime", .count = 5});
  for (auto& [cursor, sort] : std::vector<std::pair<std::string, const char*>>{
           {"nonsense", "startTime"},
           {"00", "startTime"},
           {page.cursor, "startTime:DESC"}}) {
    auto refused = world.try_find("", {.sort = sort, .cursor = cursor});
    REQUIRE(!refused);
    CHECK(refused.failure().code == errc::invalid);
  }
}

TEST_CASE("values are counted over all hits, the most frequent first") {
  index_world world;
  world.apply({an_execution("a", "x"), an_execution("b", "y"),
               an_execution("c", "y", workflow_status::failed)});
  auto out = world.find(
      "", {.count = 0,
           .facets = {field::workflow_type, field::status, field::version}});
  REQUIRE(out.facets.size() == 5);
  CHECK(out.items.empty());
  CHECK(out.facets[0].value == "y");
  CHECK(out.facets[0].count == 2);
  CHECK(out.facets[2].value == "RUNNING");
  CHECK(out.facets[3].value == "FAILED");
  CHECK(out.facets[4].value == "1");
}

TEST_CASE("words are those that an execution has now") {
  index_world world;
  auto a = an_execution("a");
  a.words[0] = {"first", "order"};
  world.apply({a});
  execution_change failed;
  failed.id = "a";
  failed.revision = 2;
  failed.words[1] = {"result"};
  failed.words[2] = {"card", "was", "declined"};
  world.apply({failed});
  CHECK(world.ids("", {.text = "first result"}) == "a"); // of two texts
  CHECK(world.ids("", {.text = "\"card was\""}) == "a");
  CHECK(world.ids("", {.text = "\"was card\""}) == "");
  CHECK(world.ids("", {.text = "\"order result\""}) == "");
  CHECK(world.ids("", {.text = "declin*"}) == "a");
  CHECK(world.ids("", {.text = "declin"}) == "");
  CHECK(world.ids("", {.text = "first -declined"}) == "");
  execution_change retried;
  retried.id = "a";
  retried.revision = 3;
  retried.words[2].emplace();
  world.apply({retried});
  CHECK(world.ids("", {.text = "declined"}) == "");
  CHECK(world.ids("", {.text = "first"}) == "a");
}

TEST_CASE("words that came together do not change one by one") {
  index_world world;
  auto a = an_execution("a", "ship", workflow_status::failed);
  a.words[0] = {"first"};
  a.words[1] = {"result"};
  world.apply({a, an_execution("b")});
  execution_change other;
  other.id = "a";
  other.revision = 2;
  other.set.priority = 7;
  other.words[1] = {"other"};
  CHECK(world.apply({other}) == std::vector<std::string>{"a"});
  // As it was, until it comes as a whole.
  CHECK(world.ids("priority=0", {.text = "result"}) == "a");
  a.revision = 2;
  a.words[1] = {"other"};
  CHECK(world.of->put({a}));
  CHECK(world.ids("", {.text = "result"}) == "");
  CHECK(world.ids("", {.text = "first other"}) == "a");
  CHECK(world.find("").total == 2);
}

TEST_CASE("an execution's words may change for ever") {
  index_world world;
  auto a = an_execution("a");
  a.words[0] = {"first"};
  world.apply({a});
  int wholes = 0;
  for (int i = 2; i < 200; ++i) {
    execution_change next;
    next.id = "a";
    next.revision = i;
    next.words[2] = {"reason" + std::to_string(i)};
    if (world.apply({next}).empty())
      continue;
    auto whole = a;
    whole.revision = i;
    whole.words[2] = next.words[2];
    REQUIRE(world.of->put({whole}));
    ++wholes;
  }
  CHECK(wholes < 10);
  CHECK(world.ids("", {.text = "reason*"}) == "a");
  CHECK(world.ids("", {.text = "reason199 first"}) == "a");
  CHECK(world.ids("", {.text = "reason198"}) == "");
}

TEST_CASE("a frequent word is counted, and found with what else is asked") {
  index_world world(task_policy::all);
  std::vector<execution_change> rows;
  for (int i = 0; i < 12'000; ++i) {
    rows.push_back(an_execution(id_of(size_t(i)), "ship",
                                i % 3 ? workflow_status::completed
                                      : workflow_status::failed));
    rows.back().words[0] = {"common", i % 2 ? "odd" : "even"};
    rows.back().tasks
        = {a_task(id_of(size_t(i)) + "-t", task_status::completed)};
  }
  world.build(rows, 1);
  CHECK(world.find("", {.text = "common"}).total == 12'000);
  CHECK(world.find("", {.text = "common -odd"}).total == 6'000);
  CHECK(world.find("", {.text = "odd OR even"}).total == 12'000);
  CHECK(world.find("status=FAILED", {.text = "common odd"}).total == 2'000);
  CHECK(world.find("NOT text=common OR status=FAILED").total == 4'000);
  CHECK(world.find("text=common AND (text=odd OR status=FAILED)").total
        == 8'000);
  CHECK(world.find("", {.of = subject::tasks, .text = "common"}).total
        == 12'000);
  CHECK(world.ids("text=even", {.start = 5'999}) == id_of(11'998));
}

TEST_CASE("totals and groups are those of the rows, whatever changes") {
  index_world world(task_policy::all);
  constexpr int64_t day = 86'400'000;
  std::vector<execution_change> rows;
  for (int i = 0; i < 60; ++i) {
    rows.push_back(an_execution(id_of(size_t(i)), i % 3 ? "ship" : "send",
                                i % 2 ? workflow_status::running
                                      : workflow_status::completed));
    rows.back().set.created = now - i * day / 6;
    rows.back().tasks = {a_task(id_of(size_t(i)) + "-t", task_status::scheduled,
                                i % 3 ? "x" : "y")};
  }
  world.build({rows.begin(), rows.begin() + 30}, 1);
  world.apply({rows.begin() + 30, rows.end()});
  for (int i = 0; i < 10; ++i) {
    execution_change next;
    next.id = id_of(size_t(i));
    next.revision = 2;
    next.removed = i % 3 == 0;
    next.set.status = workflow_status::failed;
    changed_task task;
    task.id = next.id + "-t";
    task.set.status = task_status::completed;
    next.tasks = {task};
    world.apply({next});
  }
  // `priority >= 0` is true of all, and has the rows counted.
  auto counted = [&](const std::string& query, subject of, field by) {
    std::string out;
    auto found = world.find(query, {.of = of, .count = 0, .facets = {by}});
    for (auto& x : found.facets)
      out += x.value + "=" + std::to_string(x.count) + " ";
    return std::to_string(found.total) + ": " + out;
  };
  auto at = [](int64_t ms) { return std::to_string(ms); };
  for (auto& query : std::vector<std::string>{
           "workflowType=ship", "status=FAILED OR status=RUNNING",
           "NOT (status=FAILED AND workflowType STARTS_WITH 's')",
           "startTime > " + at(now - 3 * day),
           "startTime <= " + at(now - 3 * day) + " AND status=RUNNING",
           "startTime = " + at(now - 2 * day / 6), "startTime IS NULL",
           "startTime BETWEEN " + at(now - 5 * day) + " AND "
               + at(now - 2 * day),
           "startTime > 9000000000000000000 OR status=COMPLETED"}) {
    CAPTURE(query);
    for (auto by : {field::status, field::workflow_type})
      CHECK(counted(query, subject::workflows, by)
            == counted("(" + query + ") AND priority>=0", subject::workflows,
                       by));
  }
  for (auto* query : {"status=COMPLETED", "taskType=x OR status=SCHEDULED"}) {
    CAPTURE(query);
    for (auto by : {field::task_status, field::task_type})
      CHECK(counted(query, subject::tasks, by)
            == counted(std::string("(") + query + ") AND retryCount>=0",
                       subject::tasks, by));
  }
  CHECK(counted("status=FAILED", subject::workflows, field::status)
        == "6: FAILED=6 ");
}

TEST_CASE("sums follow executions that end, run again, and go") {
  index_world world;
  auto summed = [&] {
    std::string out;
    auto lines = world.of->summarize({"", 0, now, false, 10});
    REQUIRE(lines);
    for (auto& x : *lines)
      out += x.type + " " + std::to_string(x.count) + " "
             + std::to_string(x.counts[workflow_status::failed]) + " "
             + std::to_string(x.p50) + ";";
    return out;
  };
  world.apply({an_execution("a", "x", workflow_status::failed),
               an_execution("b", "x", workflow_status::completed)});
  CHECK(summed().starts_with("x 2 1 "));
  execution_change again;
  again.id = "a";
  again.revision = 2;
  again.set.status = workflow_status::running;
  again.set.ended = 0;
  world.apply({again});
  CHECK(summed().starts_with("x 1 0 "));
  auto left = world.of->summarize({"x", 0, now, false, 10});
  REQUIRE(left);
  CHECK(std::abs(left->front().p50 - 30'000) <= 300);
}

TEST_CASE("injection attempts are values like any other") {
  index_world world;
  std::vector<execution_change> rows;
  const char* hostile[] = {"'; DROP TABLE workflow; --",
                           "\" OR 1=1 --",
                           "a%b_c",
                           "[a-z]?*",
                           "x' UNION SELECT 1 --",
                           "?1",
                           "\\",
                           "\xF0\x9F\x8E\xB5 emoji",
                           "NULL"};
  int i = 0;
  for (auto* text : hostile) {
    rows.push_back(an_execution("id-" + std::to_string(i++)));
    rows.back().set.correlation_id = text;
    rows.back().set.type = text;
    query::add_words(rows.back().words[0].emplace(), text);
  }
  world.build(rows, 1);
  i = 0;
  for (auto* text : hostile) {
    CAPTURE(text);
    auto id = "id-" + std::to_string(i++);
    auto value = query::quoted(text);
    CHECK(world.ids("correlationId=" + value) == id);
    CHECK(world.ids("workflowType=" + value) == id);
    CHECK(world.ids("correlationId IN (" + value + ")") == id);
    CHECK(world.ids("workflowType STARTS_WITH " + value) == id);
    CHECK(world.find("correlationId!=" + value).total == 8);
    auto pattern = value;
    pattern.insert(pattern.size() - 1, "*");
    CHECK(world.ids("correlationId=" + pattern) == id);
    CHECK(world.find("input.x=" + value).total == 0);
    CHECK(world.find("input.x!=" + value).total == 9);
  }
  CHECK(world.find("").total == 9);
}

TEST_CASE("a long query is answered like a short one") {
  index_world world;
  world.build({an_execution("a"), an_execution("b")}, 1);
  std::string any, all, list = "workflowId IN (a";
  for (int i = 0; i < 240; ++i) {
    any += "workflowId=x" + std::to_string(i) + " OR ";
    all += "workflowId!=x" + std::to_string(i) + " AND ";
    list += ",x" + std::to_string(i);
  }
  CHECK(world.ids(any + "workflowId=a") == "a");
  CHECK(world.ids(all + "workflowId=b") == "b");
  CHECK(world.ids(list + ")") == "a");
  CHECK(world.ids("((((((((((((((((workflowId=a))))))))))))))))") == "a");
}

TEST_CASE("a search that takes too long ends, and the next one is served") {
  index_world world;
  std::vector<execution_change> rows;
  for (int i = 0; i < 20'000; ++i) {
    rows.push_back(an_execution("id-" + std::to_string(i)));
    rows.back().set.reason = std::string(400, 'a') + std::to_string(i);
  }
  world.build(rows, 1);
  search slow;
  slow.filter.what = query::filter::kind::field;
  slow.filter.of = field::reason;
  slow.filter.how = query::test::pattern;
  for (int i = 0; i < 12; ++i)
    slow.filter.values.emplace_back(std::string(i == 11 ? "b" : "a"));
  slow.sort = {{field::reason, true}};
  slow.patience = std::chrono::milliseconds(1);
  auto late = world.of->find(slow);
  REQUIRE(!late);
  CHECK(late.failure().message.find("index.query_ms_max") != std::string::npos);
  CHECK(world.ids("workflowId=id-7") == "id-7");
}

} // namespace tutti::index::test
