#include "actors/schedules/active_schedule.hpp"
#include "actors/schedules/firing_ids.hpp"

#include <doctest/doctest.h>

#include <random>
#include <set>

namespace active_schedule_test {

using namespace tutti;

constexpr int64_t second = 1'000, minute = 60 * second, hour = 60 * minute;
constexpr int64_t t0 = 1'700'000'000'000; // 22:13:20 UTC

schedule_def secondly() {
  schedule_def x;
  x.name = "s";
  x.cron_expression = "* * * * * *";
  x.start.name = "w";
  x.create_time = t0;
  return x;
}

active_schedule active(schedule_def x, int64_t now = t0) {
  auto out = active_schedule::create(
      std::make_shared<const schedule_def>(std::move(x)), now);
  REQUIRE(out);
  return *std::move(out);
}

schedule_step fire(active_schedule& x, int64_t now, catchup_rules rules = {},
                   size_t most = 10'000) {
  schedule_step out;
  x.fire_due(now, rules, most, out);
  return out;
}

std::vector<int64_t> times_of(const std::vector<firing>& list) {
  std::vector<int64_t> out;
  for (auto& x : list)
    out.push_back(x.scheduled_time);
  return out;
}

TEST_CASE("each instant is decided once, whatever the clock does") {
  auto x = active(secondly());
  CHECK(x.due() == t0 + second);
  CHECK(fire(x, t0).begun.empty());
  CHECK(times_of(fire(x, t0 + 2 * second + 999).begun)
        == std::vector{t0 + second, t0 + 2 * second});
  // Again at the same time, and at an earlier one.
  CHECK_FALSE(fire(x, t0 + 2 * second + 999).changed);
  CHECK_FALSE(fire(x, t0).changed);
  // From its state, as after a restart.
  auto again = active_schedule::make(x.shared(), x.state());
  REQUIRE(again);
  CHECK(again->due() == t0 + 3 * second);
}

TEST_CASE("the ids of a firing depend on the schedule and the instant alone") {
  auto x = active(secondly());
  auto one = fire(x, t0 + second).begun.at(0);
  auto y = active(secondly());
  auto same = fire(y, t0 + 5 * second).begun.at(0);
  CHECK(one.workflow_id == same.workflow_id);
  CHECK(one.execution_id == same.execution_id);
  CHECK(schedule_that_asked(asked_by(one)) == "s");
  CHECK_FALSE(schedule_that_asked("some task"));
  auto other = secondly();
  other.create_time = t0 + 1; // removed and made again
  auto z = active(other);
  auto again = fire(z, t0 + second).begun.at(0);
  CHECK(again.workflow_id != one.workflow_id);
  schedule_step step;
  auto triggered = z.trigger(t0 + second, step);
  CHECK(triggered.workflow_id != again.workflow_id);
  CHECK(z.trigger(t0 + second, step).workflow_id != triggered.workflow_id);
}

TEST_CASE("what was missed is reported, or made up for, by the policy") {
  auto def = secondly();
  catchup_rules rules;
  rules.grace_ms = 10 * second;
  auto now = t0 + hour;
  SUBCASE("none") {
    auto x = active(def);
    auto step = fire(x, now, rules);
    REQUIRE(step.ended.size() == 1);
    auto& missed = step.ended[0];
    CHECK(missed.outcome == firing_outcome::missed);
    CHECK(missed.scheduled_time == t0 + second);
    CHECK(missed.last_time == now - 10 * second);
    CHECK(missed.count == 3'590);
    CHECK(x.state().missed == 3'590);
    // What is not later than the grace fires.
    CHECK(step.begun.size() == 10);
    CHECK(step.begun.back().scheduled_time == now);
  }
  SUBCASE("latest, and nothing else is due") {
    def.cron_expression = "0 0 * * * *";
    def.catchup = catchup_policy::latest;
    auto x = active(def);
    auto step = fire(x, t0 + 5 * hour, rules);
    CHECK(times_of(step.begun)
          == std::vector{*x.times().previous(t0 + 5 * hour)});
    REQUIRE(step.ended.size() == 1);
    CHECK(step.ended[0].count == 4);
  }
  SUBCASE("latest, but a later one is due") {
    def.catchup = catchup_policy::latest;
    auto x = active(def);
    CHECK(fire(x, now, rules).begun.size() == 10);
    CHECK(x.state().missed == 3'590);
  }
  SUBCASE("all") {
    def.catchup = catchup_policy::all;
    rules.instants_max = 10'000;
    auto x = active(def);
    auto step = fire(x, now, rules);
    CHECK(step.ended.empty());
    CHECK(step.begun.size() == 3'600);
  }
  SUBCASE("all, within a window") {
    def.catchup = catchup_policy::all;
    def.catchup_window_seconds = 60;
    auto x = active(def);
    auto step = fire(x, now, rules);
    CHECK(step.begun.front().scheduled_time == now - minute);
    CHECK(step.begun.size() == 61);
    CHECK(x.state().missed == 3'600 - 61);
  }
  SUBCASE("all, but not too many") {
    def.catchup = catchup_policy::all;
    rules.instants_max = 100;
    auto x = active(def);
    auto step = fire(x, now, rules);
    CHECK(step.begun.size() == 110);
    CHECK(x.state().missed == 3'600 - 110);
  }
}

TEST_CASE("years that were missed cost little") {
  auto def = secondly();
  catchup_rules rules;
  rules.counted_max = 1'000;
  auto x = active(def);
  auto now = t0 + 10 * 365 * 24 * hour;
  auto step = fire(x, now, rules);
  REQUIRE(step.ended.size() == 1);
  CHECK(step.ended[0].count == 1'000);
  CHECK(step.ended[0].reason.find("at least 1000") != std::string::npos);
  CHECK(step.ended[0].last_time == now - rules.grace_ms);
  CHECK(step.begun.size() == 10);
}

TEST_CASE("an earlier execution that runs: skip") {
  auto def = secondly();
  def.overlap = overlap_policy::skip;
  auto x = active(def);
  CHECK_FALSE(x.must_ask());
  auto first = fire(x, t0 + second).begun.at(0);
  CHECK(x.must_ask());
  auto step = fire(x, t0 + 2 * second);
  CHECK(step.begun.empty());
  REQUIRE(step.ended.size() == 1);
  CHECK(step.ended[0].outcome == firing_outcome::skipped);
  CHECK(step.ended[0].reason.find(first.workflow_id) != std::string::npos);
  schedule_step end;
  x.execution_ended(first.workflow_id, t0 + 2 * second, end);
  CHECK(fire(x, t0 + 3 * second).begun.size() == 1);
}

TEST_CASE("an earlier execution that runs: one waits") {
  auto def = secondly();
  def.overlap = overlap_policy::buffer_one;
  auto x = active(def);
  auto first = fire(x, t0 + second).begun.at(0);
  auto second_one = fire(x, t0 + 2 * second).begun.at(0);
  CHECK(second_one.outcome == firing_outcome::buffered);
  CHECK(fire(x, t0 + 3 * second).ended.at(0).outcome
        == firing_outcome::skipped);
  schedule_step end;
  x.execution_ended("another", t0 + 4 * second, end);
  CHECK_FALSE(end.changed);
  x.execution_ended(first.workflow_id, t0 + 4 * second, end);
  REQUIRE(end.begun.size() == 1);
  CHECK(end.begun[0].outcome == firing_outcome::waiting);
  CHECK(end.begun[0].scheduled_time == t0 + 2 * second);
  CHECK(end.begun[0].workflow_id == second_one.workflow_id);
  CHECK(x.state().buffered == 0);
}

TEST_CASE(
    "an earlier execution that runs: it is ended, and the last one waits") {
  auto def = secondly();
  def.overlap = overlap_policy::terminate_other;
  auto x = active(def);
  auto first = fire(x, t0 + second).begun.at(0);
  auto step = fire(x, t0 + 2 * second);
  // What has not started cannot be ended yet.
  CHECK(x.to_be_stopped().empty());
  schedule_step answered;
  x.answered(first, started{first.workflow_id}, t0 + 2 * second, answered);
  CHECK(x.to_be_stopped() == std::vector{first.workflow_id});
  step = fire(x, t0 + 3 * second);
  CHECK(times_of(step.begun) == std::vector{t0 + 3 * second});
  CHECK(times_of(step.ended) == std::vector{t0 + 2 * second});
  schedule_step end;
  x.execution_ended(first.workflow_id, t0 + 4 * second, end);
  CHECK(times_of(end.begun) == std::vector{t0 + 3 * second});
  // Several at once: only the last one waits.
  step = fire(x, t0 + 8 * second);
  CHECK(times_of(step.begun) == std::vector{t0 + 8 * second});
  CHECK(step.ended.size() == 4);
}

TEST_CASE("a start that is refused lets the next one begin") {
  auto def = secondly();
  def.overlap = overlap_policy::buffer_one;
  auto x = active(def);
  auto first = fire(x, t0 + second).begun.at(0);
  fire(x, t0 + 2 * second);
  schedule_step step;
  x.answered(first, failure{errc::not_found, "no such workflow"},
             t0 + 2 * second, step);
  REQUIRE(step.ended.size() == 1);
  CHECK(step.ended[0].outcome == firing_outcome::refused);
  CHECK(step.ended[0].reason == "no such workflow");
  CHECK(step.begun.size() == 1);
  CHECK(x.state().failed == 1);
}

TEST_CASE("what passes while it is paused is not missed") {
  auto x = active(secondly());
  auto paused = x.what();
  paused.paused = true;
  REQUIRE_FALSE(x.change(std::make_shared<const schedule_def>(paused), t0));
  CHECK(x.due() == active_schedule::never);
  CHECK_FALSE(fire(x, t0 + hour).changed);
  paused.paused = false;
  REQUIRE_FALSE(
      x.change(std::make_shared<const schedule_def>(paused), t0 + hour));
  auto step = fire(x, t0 + hour + second);
  CHECK(step.ended.empty());
  CHECK(times_of(step.begun) == std::vector{t0 + hour + second});
}

TEST_CASE("a window, several expressions, a jitter") {
  auto def = secondly();
  SUBCASE("a window") {
    def.start_time = t0 + minute;
    def.end_time = t0 + minute + 2 * second;
    auto x = active(def);
    CHECK(fire(x, t0 + hour, {.grace_ms = 2 * hour}).begun.size() == 3);
    CHECK(x.due() == active_schedule::never);
  }
  SUBCASE("several expressions: an instant of both fires once") {
    def.cron_schedules = {{"0 0 * * * *", "UTC"}, {"0 0,30 * * * *", "UTC"}};
    auto x = active(def);
    CHECK(fire(x, t0 + 2 * hour, {.grace_ms = 3 * hour}).begun.size() == 4);
  }
  SUBCASE("a jitter keeps the order and the instants") {
    def.cron_expression = "*/10 * * * * *";
    def.jitter_seconds = 60;
    auto x = active(def);
    std::set<int64_t> delays;
    for (int i = 0; i < 50; ++i) {
      auto instant = x.next_instant(), due = x.due();
      CHECK(due >= instant);
      CHECK(due < instant + 10 * second);
      delays.insert(due - instant);
      CHECK(fire(x, due - 1).begun.empty());
      CHECK(times_of(fire(x, due).begun) == std::vector{instant});
    }
    CHECK(delays.size() > 40);
  }
}

TEST_CASE("a backfill fires each of its instants once, in their order") {
  auto x = active(secondly());
  CHECK(x.add_backfill({1'000, 2'000, 3'000}) == 3);
  CHECK(x.add_backfill({2'000, 4'000}) == 1);
  CHECK(x.due() == 0);
  auto step = fire(x, t0, {}, 3);
  CHECK(times_of(step.begun) == std::vector<int64_t>{1'000, 2'000, 3'000});
  CHECK(times_of(fire(x, t0).begun) == std::vector<int64_t>{4'000});
  CHECK_FALSE(fire(x, t0).changed);
}

// Random clocks, policies and answers: every instant up to the cursor is in
// exactly one firing.
TEST_CASE("no instant is lost and none is decided twice") {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    std::mt19937 dice(seed);
    auto roll = [&](int n) { return int(dice() % unsigned(n)); };
    auto def = secondly();
    def.overlap = overlap_policy(roll(5));
    def.catchup = catchup_policy(roll(3));
    def.jitter_seconds = roll(2) * 2;
    catchup_rules rules{.grace_ms = 3'000, .instants_max = size_t(roll(20))};
    auto x = active(def);
    std::map<int64_t, int> decided; // instant -> firings that tell its end
    std::map<int64_t, firing> open;
    auto take = [&](schedule_step& step) {
      for (auto& one : step.begun)
        open[one.scheduled_time] = one;
      for (auto& one : step.ended) {
        open.erase(one.scheduled_time);
        for (auto t = one.scheduled_time; t <= one.last_time; t += second)
          ++decided[t];
      }
    };
    auto now = t0;
    for (int i = 0; i < 60; ++i) {
      // Now and then the clock is set forward; it never goes back.
      now += roll(10) == 0 ? roll(40) * second : roll(1'500);
      schedule_step step;
      x.fire_due(now, rules, size_t(1 + roll(5)), step);
      take(step);
      if (roll(3) == 0) {
        auto again = active_schedule::make(x.shared(), x.state());
        x = *std::move(again);
      }
      for (auto list = open; auto& [t, one] : list) {
        if (one.outcome != firing_outcome::waiting || roll(2))
          continue;
        schedule_step answered;
        auto how = roll(5) ? result<started>(started{one.workflow_id})
                           : result<started>(failure{errc::invalid, "no"});
        x.answered(one, how, now, answered);
        take(answered);
      }
      for (auto& id : std::vector(x.state().running))
        if (roll(2)) {
          schedule_step end;
          x.execution_ended(id, now, end);
          take(end);
        }
    }
    for (auto t = t0 + second; t <= x.state().cursor; t += second) {
      CAPTURE(t);
      CHECK(decided[t] + int(open.count(t)) == 1);
    }
    CHECK(x.state().missed + x.state().fired + x.state().failed
              + x.state().skipped + int64_t(open.size())
          == (x.state().cursor - t0) / second);
  }
}

} // namespace active_schedule_test
