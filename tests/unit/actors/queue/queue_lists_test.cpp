#include "actors/queue/delayed_list.hpp"
#include "actors/queue/parked_polls.hpp"
#include "actors/queue/ready_list.hpp"

#include <doctest/doctest.h>

namespace queue_lists_test {

using namespace tutti;
using namespace std::chrono_literals;

waiting_task row(std::string id, int32_t priority, int64_t visible_at,
                 int32_t seq = 0) {
  return {"q", "w", std::move(id), priority, visible_at, seq};
}

parked_poll::instant at(int ms) {
  return parked_poll::instant{} + std::chrono::milliseconds(ms);
}

parked_poll poll(uint64_t arrival, int deadline, uint64_t id = 0) {
  parked_poll out{arrival, at(deadline), {}};
  out.poll.request.poll_id = id;
  return out;
}

/// Counts answers with nothing.
reply<polled> counting(int& answers) {
  return reply<polled>(
      [&](result<polled> x) { answers += x && x->tasks.empty() ? 1 : 0; });
}

std::vector<uint64_t> arrivals(const std::vector<parked_poll>& polls) {
  std::vector<uint64_t> out;
  for (auto& x : polls)
    out.push_back(x.arrival);
  return out;
}

TEST_CASE("ready tasks go by priority, then age, then the order they were made "
          "in") {
  ready_list ready;
  ready.push(row("low", 0, 1));
  ready.push(row("late", 5, 9));
  ready.push(row("second", 5, 3, 2));
  ready.push(row("first", 5, 3, 1));
  ready.push(row("b", 5, 3, 3));
  ready.push(row("a", 5, 3, 3));
  CHECK(ready.worst().task_id == "low");
  std::vector<std::string> order;
  while (!ready.empty())
    order.push_back(ready.pop().task_id);
  CHECK(
      order
      == std::vector<std::string>{"first", "second", "a", "b", "late", "low"});
}

TEST_CASE("only the very row is taken out of the ready ones") {
  ready_list ready;
  ready.push(row("a", 0, 1, 1));
  CHECK_FALSE(ready.erase(row("a", 0, 2, 1)));
  CHECK_FALSE(ready.erase(row("b", 0, 1, 1)));
  CHECK(ready.erase(row("a", 0, 1, 1)));
  CHECK(ready.empty());
}

TEST_CASE("tasks that a limit holds up are stepped over and keep their place") {
  auto limited = [](std::string id, int64_t at, std::string by) {
    auto x = row(std::move(id), 0, at);
    x.limited_by = std::move(by);
    return x;
  };
  ready_list ready;
  ready.push(limited("a1", 1, "a"));
  ready.push(limited("b", 2, "b"));
  ready.push(limited("a2", 3, "a"));
  ready.push(limited("free", 4, ""));
  ready.block("a");
  CHECK(ready.best()->task_id == "b");
  CHECK(ready.size() == 4);
  CHECK(ready.worst().task_id == "free");
  CHECK(ready.position(limited("free", 4, "")) == 3);
  CHECK_FALSE(ready.position(limited("gone", 4, "")));
  CHECK(ready.pop().task_id == "b");
  CHECK(ready.pop().task_id == "free");
  CHECK_FALSE(ready.best());
  CHECK(ready.erase(row("a2", 0, 3))); // by its key alone
  CHECK(ready.unblock("a"));
  CHECK_FALSE(ready.unblock("a"));
  CHECK(ready.pop().task_id == "a1");
  CHECK(ready.empty());
}

TEST_CASE("delayed tasks become due in the order of their instants") {
  delayed_list delayed;
  CHECK_FALSE(delayed.next());
  delayed.push(row("b", 0, 20), 20);
  delayed.push(row("c", 9, 30), 30);
  delayed.push(row("a", 0, 10), 10);
  CHECK(delayed.next() == 10);
  CHECK(delayed.take_due(9).empty());
  auto due = delayed.take_due(20);
  REQUIRE(due.size() == 2);
  CHECK(due[0].task_id == "a");
  CHECK(due[1].task_id == "b");
  CHECK(delayed.latest() == 30);
}

TEST_CASE("polls are taken in the order of their arrival, without those that "
          "were cancelled") {
  parked_polls parked;
  int told = 0;
  auto gone = poll(1, 50, 7);
  gone.poll.done = counting(told);
  parked.park(std::move(gone));
  parked.park(poll(3, 10, 8));
  parked.park(poll(2, 99));
  parked.cancel(7, at(0));
  CHECK(told == 1);
  CHECK(parked.take()->arrival == 2);
  CHECK(parked.take()->arrival == 3);
  CHECK_FALSE(parked.take());
  CHECK_FALSE(parked.next_deadline());
}

TEST_CASE("a poll that goes back keeps its place in the line") {
  parked_polls parked;
  parked.park(poll(1, 99));
  parked.park(poll(2, 99));
  auto first = parked.take();
  parked.park(std::move(*first));
  CHECK(parked.take()->arrival == 1);
}

TEST_CASE("a poll that was cancelled while it was away does not come back") {
  parked_polls parked;
  int told = 0;
  auto gone = poll(1, 99, 7);
  gone.poll.done = counting(told);
  parked.park(std::move(gone));
  auto away = parked.take();
  parked.cancel(7, at(0));
  CHECK(told == 0);
  parked.park(std::move(*away));
  CHECK(told == 1);
  CHECK(parked.empty());
  // Another one may have the number by then.
  parked.park(poll(2, 99, 7));
  CHECK(parked.size() == 1);
}

TEST_CASE("polls that waited long enough are taken, the others stay") {
  parked_polls parked;
  parked.park(poll(1, 30));
  parked.park(poll(2, 10));
  parked.park(poll(3, 20));
  parked.park(poll(4, 40));
  CHECK(parked.next_deadline() == at(10));
  CHECK(arrivals(parked.take_expired(at(9))).empty());
  CHECK(arrivals(parked.take_expired(at(30)))
        == std::vector<uint64_t>{1, 2, 3});
  CHECK(parked.size() == 1);
  CHECK(parked.next_deadline() == at(40));
}

} // namespace queue_lists_test
