#include "actors/jobs/earlier_work.hpp"
#include "storage/keys.hpp"
#include "storage/read_or_throw.hpp"
#include "storage/records.hpp"
#include "tests/support/actor_world.hpp"
#include "tests/support/definitions.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace jobs_test {

using namespace tutti;
using namespace tutti::test;
using namespace std::chrono_literals;

job_order order(std::string action, std::string arguments = "{}",
                int64_t rate = 1'000) {
  job_order out;
  out.all = true;
  out.action = std::move(action);
  out.arguments = *payload::parse(arguments);
  out.rate = rate;
  return out;
}

/// Executions of one task, which fails.
std::vector<std::string> failed_executions(actor_world& world, int count) {
  world.definitions.define_task("t1");
  world.definitions.define(workflow_of(simple("t1")));
  std::vector<std::string> out;
  for (int i = 0; i < count; ++i) {
    out.push_back(world.start("w"));
    world.update(world.poll("t1"), task_status::failed);
    world.run();
  }
  return out;
}

/// How many revisions of the execution the job caused.
int done_by(actor_world& world, const std::string& execution,
            const std::string& job) {
  int out = 0;
  auto prefix = storage::keys::events_of(execution);
  for (uint32_t shard = 0; shard < world.store->shards(); ++shard)
    storage::read_or_throw(world.store->scan(
        shard, prefix, storage::keys::after(prefix),
        [&](std::string_view, std::string_view record) {
          out += storage::read_told(record)->why.by == client_of_job(job);
          return true;
        }));
  return out;
}

void finish(actor_world& world, const std::string& job) {
  world.run();
  for (int i = 0; i < 600; ++i) {
    if (world.job(job)["endTime"].get<int64_t>() != 0)
      return;
    world.advance(100ms);
  }
  FAIL("the job does not end: " << world.job(job).dump());
}

TEST_CASE("a job does its action to every execution that it finds, once, in "
          "its name") {
  actor_world world;
  auto all = failed_executions(world, 20);
  auto [id, answer] = world.create_job(order("retry"));
  world.run();
  REQUIRE(answer.good());
  finish(world, id);
  auto now = world.job(id);
  CHECK(now["status"] == "COMPLETED");
  CHECK(now["total"] == 20);
  CHECK(now["done"] == 20);
  CHECK(now["left"] == 0);
  for (auto& x : all) {
    CHECK(world.status(x) == "RUNNING");
    CHECK(done_by(world, x, id) == 1);
  }
  // Its ids are not needed any more.
  CHECK(world.count_rows("Jc") == 0);
  CHECK(world.jobs_figures->active == 0);
}

TEST_CASE("executions whose state forbids the action are skipped, with the "
          "reason") {
  actor_world world;
  auto all = failed_executions(world, 3);
  world.call(all[1], command::retry{});
  world.run();
  auto [id, answer] = world.create_job(order("retry"));
  finish(world, id);
  auto now = world.job(id);
  CHECK(now["done"] == 2);
  CHECK(now["skipped"] == 1);
  CHECK(now["failed"] == 0);
  CHECK(now["errorCounts"] == nlohmann::json{{"NOT_FOUND", 1}});
  auto errors = world.job_errors(id);
  REQUIRE(errors.size() == 1);
  CHECK(errors[0]["workflowId"] == all[1]);
  CHECK(errors[0]["outcome"] == "SKIPPED");
}

TEST_CASE("an empty query is refused unless all are meant, and so are actions "
          "and arguments that do not exist") {
  actor_world world;
  auto refused = [&](job_order what) {
    auto [id, answer] = world.create_job(std::move(what));
    world.run();
    REQUIRE(answer.answered());
    REQUIRE_FALSE(answer.good());
    CHECK(answer.why().code == errc::invalid);
    return answer.why().message;
  };
  auto empty = order("pause");
  empty.all = false;
  empty.query = "  ";
  CHECK(refused(empty).find("\"all\": true") != std::string::npos);
  CHECK(refused(order("explode")).find("there are pause, resume")
        != std::string::npos);
  CHECK(refused(order("retry", R"({"resume":true})"))
        == "the action 'retry' has no argument 'resume'");
  CHECK(refused(order("restart", R"({"useLatestDefinitions":"yes"})"))
        == "argument 'useLatestDefinitions' of the action 'restart' must be "
           "true or false");
  CHECK(refused(order("skip")).find("taskReferenceName") != std::string::npos);
  CHECK(refused(order("pause", "{}", 1'000'000)).find("jobs.rate_max")
        != std::string::npos);
  CHECK(world.jobs_figures->active == 0);
}

TEST_CASE("a job keeps to its rate") {
  actor_world world;
  failed_executions(world, 40);
  auto [id, answer] = world.create_job(order("retry", "{}", 10));
  world.advance(2s);
  auto done = world.job(id)["done"].get<int>();
  CHECK(done >= 15);
  CHECK(done <= 21);
  world.advance(3s);
  CHECK(world.job(id)["status"] == "COMPLETED");
}

TEST_CASE("a paused job does nothing until it is resumed; a cancelled one "
          "leaves the rest as it is") {
  actor_world world;
  auto all = failed_executions(world, 40);
  auto [id, answer] = world.create_job(order("retry", "{}", 10));
  world.advance(1s);
  auto paused = world.control(id, control_job::verb::pause);
  world.run();
  REQUIRE(paused.good());
  auto done = world.job(id)["done"].get<int>();
  CHECK(done > 0);
  world.advance(10s);
  CHECK(world.job(id)["status"] == "PAUSED");
  CHECK(world.job(id)["done"] == done);
  world.control(id, control_job::verb::resume);
  world.advance(1s);
  CHECK(world.job(id)["done"].get<int>() > done);
  world.control(id, control_job::verb::cancel);
  world.run();
  auto now = world.job(id);
  CHECK(now["status"] == "CANCELED");
  done = now["done"].get<int>();
  CHECK(now["left"] == 40 - done);
  world.advance(10s);
  int retried = 0;
  for (auto& x : all)
    retried += world.status(x) == "RUNNING";
  CHECK(retried == done);
  auto late = world.control(id, control_job::verb::resume);
  world.run();
  CHECK(late.why().code == errc::conflict);
  CHECK(world.count_rows("Jc") == 0);
}

TEST_CASE("a job that finds too many executions fails before it changes any") {
  actor_world::options how;
  how.jobs.ids_max = 5;
  actor_world world(how);
  auto all = failed_executions(world, 6);
  auto [id, answer] = world.create_job(order("retry"));
  finish(world, id);
  auto now = world.job(id);
  CHECK(now["status"] == "FAILED");
  CHECK(now["reason"].get<std::string>().find("jobs.ids_max")
        != std::string::npos);
  for (auto& x : all)
    CHECK(world.status(x) == "FAILED");
}

TEST_CASE("jobs that have not ended are bounded, and ended ones forgotten") {
  actor_world::options how;
  how.jobs.active_max = 1;
  how.jobs.keep = 1h;
  actor_world world(how);
  failed_executions(world, 10);
  auto [first, made] = world.create_job(order("retry", "{}", 1));
  world.run();
  auto [second, refused] = world.create_job(order("retry"));
  world.run();
  CHECK(refused.why().code == errc::too_many);
  finish(world, first);
  auto [third, again] = world.create_job(order("retry"));
  finish(world, third);
  CHECK(world.count_rows("Jh") == 2);
  world.advance(90min);
  CHECK(world.count_rows("J") == 0);
}

TEST_CASE("errors are kept up to a bound and counted beyond it") {
  actor_world::options how;
  how.jobs.errors_max = 2;
  actor_world world(how);
  failed_executions(world, 6);
  auto [id, answer] = world.create_job(order("pause"));
  finish(world, id);
  auto now = world.job(id);
  CHECK(now["done"].get<int>() == 0);
  CHECK(now["skipped"].get<int>() + now["failed"].get<int>() == 6);
  CHECK(now["errorsKept"] == 2);
  CHECK(world.job_errors(id).size() == 2);
}

TEST_CASE("an execution that is not available for a while is asked again, and "
          "not twice for one that was done") {
  actor_world world;
  auto all = failed_executions(world, 3);
  int crashes = 2;
  world.before_decision = [&](std::string_view id) {
    if (id == all[1] && crashes-- > 0)
      throw std::runtime_error("injected");
  };
  auto [id, answer] = world.create_job(order("retry"));
  finish(world, id);
  CHECK(world.job(id)["done"] == 3);
  for (auto& x : all)
    CHECK(done_by(world, x, id) == 1);
}

TEST_CASE("a job reruns each execution from the task of a reference") {
  actor_world world;
  world.definitions.define_task("t1");
  world.definitions.define_task("t2");
  world.definitions.define(workflow_of(simple("t1") + "," + simple("t2")));
  std::vector<std::string> all;
  for (int i = 0; i < 3; ++i) {
    all.push_back(world.start("w"));
    world.complete("t1");
    world.complete("t2");
  }
  auto [id, answer] = world.create_job(order("rerun", R"({"fromTask":"t2"})"));
  finish(world, id);
  CHECK(world.job(id)["done"] == 3);
  for (auto& x : all) {
    CHECK(world.status(x, "t1") == "COMPLETED");
    CHECK(world.status(x, "t2") == "SCHEDULED");
  }
  auto [other, no] = world.create_job(order("rerun", R"({"fromTask":"t3"})"));
  finish(world, other);
  CHECK(world.job(other)["skipped"] == 3);
}

TEST_CASE("a job removes for good, and counts once what is gone") {
  actor_world world;
  auto all = failed_executions(world, 5);
  auto [id, answer]
      = world.create_job(order("remove", R"({"archiveWorkflow":false})"));
  finish(world, id);
  CHECK(world.job(id)["done"] == 5);
  CHECK(world.count_rows("e") == 0);
}

TEST_CASE("a job goes on after a restart where it was") {
  actor_world world;
  auto all = failed_executions(world, 40);
  auto [id, answer] = world.create_job(order("retry", "{}", 20));
  world.advance(1s);
  auto before = world.job(id);
  CHECK(before["done"].get<int>() > 5);
  world.restart();
  CHECK(world.job(id)["done"].get<int>() >= before["done"].get<int>());
  CHECK(world.jobs_figures->active == 1);
  finish(world, id);
  auto now = world.job(id);
  CHECK(now["done"] == 40);
  CHECK(now["skipped"] == 0);
  for (auto& x : all)
    CHECK(done_by(world, x, id) == 1);
}

} // namespace jobs_test
