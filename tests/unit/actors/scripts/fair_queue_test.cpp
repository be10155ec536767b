#include "actors/scripts/fair_queue.hpp"

#include <doctest/doctest.h>

using namespace tutti;
using namespace std::chrono_literals;

namespace fair_queue_tests {

struct queue {
  fair_queue jobs{2};
  fair_queue::instant now{};

  void push(const std::string& group, const std::string& name) {
    auto job = std::make_shared<script_job>();
    job->group = group;
    job->source = name;
    jobs.push(std::move(job), now);
  }
  std::string take(fair_queue::instant until = fair_queue::instant::max()) {
    auto job = jobs.take(until);
    return job ? job->source : "";
  }
};

TEST_CASE_FIXTURE(queue, "groups are served in turn, each in its own order") {
  for (auto* name : {"a1", "a2"})
    push("a", name);
  push("b", "b1");
  push("c", "c1");
  push("b", "b2");
  for (auto* name : {"a1", "b1", "c1", "a2", "b2", ""})
    CHECK(take() == name);
  CHECK(jobs.size() == 0);
}

TEST_CASE_FIXTURE(queue, "a group has no more than its share under way") {
  for (auto* name : {"a1", "a2", "a3", "a4"})
    push("a", name);
  CHECK(take() == "a1");
  CHECK(take() == "a2");
  CHECK(take() == "");
  CHECK(!jobs.oldest());
  push("b", "b1");
  CHECK(jobs.oldest());
  CHECK(take() == "b1");
  jobs.ended("b");
  CHECK(take() == "");
  jobs.ended("a");
  CHECK(take() == "a3");
  CHECK(take() == "");
}

TEST_CASE_FIXTURE(queue, "only what has waited long enough may be asked for") {
  push("a", "a1");
  now += 1s;
  push("b", "b1");
  CHECK(jobs.oldest() == now - 1s);
  CHECK(take(now - 2s) == "");
  CHECK(take(now - 1s) == "a1");
  CHECK(take(now - 1s) == "");
  CHECK(take(now) == "b1");
}

TEST_CASE_FIXTURE(queue, "a full queue has room for groups that have little") {
  for (int i = 0; i < 10; ++i) {
    CHECK(jobs.admits("a", 10));
    push("a", "x");
  }
  CHECK(!jobs.admits("a", 10));
  for (int i = 0; i < 5; ++i) {
    CHECK(jobs.admits("b", 10));
    push("b", "x");
  }
  CHECK(!jobs.admits("b", 10));
  CHECK(jobs.admits("c", 10));
  CHECK(!jobs.admits("a", 10));
}

TEST_CASE_FIXTURE(queue, "what is cleared is gone, what is under way ends") {
  for (auto* name : {"a1", "a2", "a3"})
    push("a", name);
  push("b", "b1");
  CHECK(take() == "a1");
  CHECK(jobs.clear().size() == 3);
  CHECK(jobs.size() == 0);
  CHECK(take() == "");
  jobs.ended("a");
  push("a", "a4");
  CHECK(take() == "a4");
}

} // namespace fair_queue_tests
