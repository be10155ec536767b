#include "api/rest/routes/firing_query.hpp"
#include "tests/unit/api/rest/routes/route_world.hpp"

#include <set>

namespace tutti::rest {

using test::is_error;
using test::is_json;
using test::is_void;
using test::route_world;

namespace {

const std::string all = "/api/scheduler/schedules";
const std::string daily = R"({"name":"daily","cronExpression":"0 0 3 * * *",
  "zoneId":"Europe/Berlin","startWorkflowRequest":{"name":"w","input":{"a":1}},
  "nextRunTime":5})";

std::set<std::string> paths_of(const response& x) {
  auto list = test::broken_paths(x);
  return {list.begin(), list.end()};
}

using relation = firing_condition::relation;

} // namespace

TEST_CASE("a schedule is saved, read, listed, removed") {
  route_world world;
  world.gateway->usual = test::a_text("{}");
  CHECK(is_json(world.call("POST", all, daily), "{}"));
  auto& saved = world.last<save_schedule>().what;
  CHECK(saved.name == "daily");
  CHECK(saved.zone_id == "Europe/Berlin");
  CHECK(saved.start.input->text() == R"({"a":1})");
  CHECK(is_json(world.call("GET", all + "/a%20b"), "{}"));
  CHECK(world.last<read_schedule>().name == "a b");
  CHECK(is_json(world.call("GET", all + "?workflowName=w"), "[{}]"));
  CHECK(world.last<list_schedules>().workflow_name == "w");
  CHECK(is_void(world.call("DELETE", all + "/daily")));
  CHECK(world.last<remove_schedule>().name == "daily");
}

TEST_CASE("pause and resume, by both verbs and in bulk") {
  route_world world;
  for (auto verb : {"PUT", "GET"}) {
    CHECK(is_void(world.call(verb, all + "/s/pause?reason=holiday")));
    CHECK(world.last<control_schedule>().pause);
    CHECK(world.last<control_schedule>().reason == "holiday");
    CHECK(is_void(world.call(verb, all + "/s/resume")));
    CHECK_FALSE(world.last<control_schedule>().pause);
  }
  auto x = world.call("PUT", "/api/scheduler/bulk/pause", R"(["a","b"])");
  CHECK(is_json(
      x, R"({"bulkErrorResults":{},"bulkSuccessfulResults":["a","b"]})"));
  CHECK(world.last<control_schedule>().pause);
  x = world.call("PUT", "/api/scheduler/bulk/resume", "[]");
  CHECK(paths_of(x) == std::set<std::string>{"resumeSchedules.arg0"});
  CHECK(world.call("PUT", all + "/s/pause?reason=" + std::string(6'000, 'x'))
            .status
        == 400);
}

TEST_CASE("a schedule that breaks rules is refused with all of them") {
  route_world world;
  auto x
      = world.call("POST", all, R"({"name":"","cronExpression":"0 0 25 * * *",
    "zoneId":"Europe/Atlantis","scheduleStartTime":5,"scheduleEndTime":4,
    "jitterSeconds":-1,"startWorkflowRequest":{"name":"w","input":{}}})");
  const std::string at = "createOrUpdateWorkflowSchedule.arg0.";
  CHECK(paths_of(x)
        == std::set<std::string>{at + "name", at + "cronExpression",
                                 at + "zoneId", at + "scheduleEndTime",
                                 at + "jitterSeconds"});
  CHECK(x.body.find("field 3 (hours)") != std::string::npos);
  CHECK(world.gateway->got.empty());
  CHECK(is_error(
      world.call("POST", all, R"({"name":"x","overlapPolicy":"no"})"), 400));
  x = world.call("POST", all,
                 R"({"name":"x","cronSchedules":[{"cronExpression":"@daily"},
    {"cronExpression":"0 0 0 31 2 *","zoneId":"X"}]})");
  CHECK(paths_of(x).contains(at + "cronSchedules[1].cronExpression"));
  CHECK(paths_of(x).contains(at + "cronSchedules[1].zoneId"));
  CHECK(paths_of(x).contains(at + "startWorkflowRequest.name"));
}

TEST_CASE("fields of a schedule that nobody knows are told") {
  route_world world;
  auto body = daily;
  body.insert(1, R"("cronExpresion":"x",)");
  auto x = world.call("POST", all, body);
  CHECK(x.status == 200);
  REQUIRE_FALSE(x.headers.empty());
  CHECK(x.headers[0].first == "Tutti-Warnings");
  CHECK(x.headers[0].second.find("cronExpresion") != std::string::npos);
  CHECK(world.call("POST", all + "?strict=true", body).status == 400);
}

TEST_CASE("next times need no schedule") {
  route_world world;
  const std::string next = "/api/scheduler/nextFewSchedules?cronExpression=";
  auto x = world.call("GET", next
                                 + "0%200%200%20*%20*%20*&scheduleStartTime="
                                   "3786912000000&limit=2");
  CHECK(is_json(x, "[3786912000000,3786998400000]"));
  x = world.call("GET", next + "@hourly&limit=50");
  CHECK(nlohmann::json::parse(x.body).size() == 5);
  CHECK(is_error(world.call("GET", next + "nonsense"), 400));
  CHECK(is_error(world.call("GET", "/api/scheduler/nextFewSchedules"), 400));
}

TEST_CASE("searches have pages and an order") {
  route_world world;
  world.gateway->usual = test::a_text("{}");
  auto x = world.call("GET", all
                                 + "/search?scheduleName=a&paused=true&start=5"
                                   "&size=7&sort=createTime:DESC,name");
  CHECK(is_json(x, R"({"totalHits":1,"results":[{}]})"));
  auto& ask = world.last<list_schedules>();
  CHECK(ask.schedule_name == "a");
  CHECK(ask.paused == true);
  CHECK(ask.start == 5);
  CHECK(ask.count == 7);
  CHECK(ask.sort_by == "createTime");
  CHECK(ask.descending);
  x = world.call("GET", "/api/scheduler/search/executions?query="
                        "scheduleName%3Dx%20AND%20unknown%3D1");
  CHECK(is_json(x, R"({"totalHits":1,"results":[{}]})"));
  auto& search = world.last<search_firings>();
  CHECK(search.descending);
  REQUIRE(search.where.size() == 1);
  CHECK(search.where[0]
        == firing_condition{"scheduleName", relation::is, {"x"}});
  world.call("GET", "/api/scheduler/search/executions?size=999999999999");
  CHECK(world.last<search_firings>().count == 10'000);
  CHECK(is_error(world.call("GET", "/api/scheduler/search/executions?query=a"),
                 400));
}

TEST_CASE("a query is read as clients write it") {
  auto good = read_firing_query(
      " scheduleName IN (a, 'b c',\"d\") and state!=FAILED AND "
      "scheduledTime >= 5 AND executionTime<7 AND foo='bar'");
  REQUIRE(good);
  REQUIRE(good->size() == 4);
  CHECK((*good)[0].values == std::vector<std::string>{"a", "b c", "d"});
  CHECK((*good)[1].how == relation::is_not);
  CHECK((*good)[2].how == relation::at_least);
  CHECK((*good)[3].how == relation::less);
  for (auto wrong :
       {"a", "state", "state=", "state='x", "state IN x", "state IN (a",
        "state=a state=b", "state=a AND", "scheduledTime=x", "=5", "AND"})
    CHECK_FALSE_MESSAGE(read_firing_query(wrong), wrong);
}

TEST_CASE("tags, operators, trigger and backfill") {
  route_world world;
  CHECK(is_void(
      world.call("PUT", all + "/s/tags", R"([{"key":"a","value":"b"}])")));
  CHECK(world.last<tag_schedule>().tags.at(0) == tag{"a", "b", ""});
  CHECK_FALSE(world.last<tag_schedule>().remove);
  world.call("DELETE", all + "/s/tags", R"([{"key":"a"}])");
  CHECK(world.last<tag_schedule>().remove);
  world.call("GET", all + "/s/tags");
  CHECK(world.last<read_schedule>().tags);
  world.call("GET", all + "/tags?tag=a:b");
  CHECK(world.last<list_schedules>().tag == "a:b");
  for (auto verb : {"GET", "POST"}) {
    CHECK(is_json(world.call(verb, "/api/scheduler/admin/pause"),
                  R"({"status":"done"})"));
    CHECK(world.last<hold_schedules>().hold);
  }
  world.call("GET", "/api/scheduler/admin/resume");
  CHECK_FALSE(world.last<hold_schedules>().hold);
  world.gateway->usual = test::a_text("{}");
  CHECK(is_json(world.call("GET", "/api/scheduler/admin/requeue"),
                R"({"recordIds.size":1,"sampleIds":)"
                R"(["00000000-0000-4000-8000-000000000001"]})"));
  world.call("POST", all + "/s/trigger");
  CHECK(world.last<trigger_schedule>().name == "s");
  world.call("POST", all + "/s/backfill", R"({"startTime":5,"endTime":9})");
  CHECK(world.last<backfill_schedule>().from == 5);
  CHECK(world.last<backfill_schedule>().to == 9);
  CHECK(is_error(world.call("POST", all + "/s/backfill", "{}"), 400));
  CHECK(is_error(
      world.call("POST", all + "/s/backfill", R"({"startTime":9,"endTime":5})"),
      400));
}

} // namespace tutti::rest
