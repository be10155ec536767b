#include "actors/engine/features/slot_group.hpp"

#include <doctest/doctest.h>

using namespace tutti;
using engine::slot_group;

namespace {

/// Ids that are told, in order.
std::string told(const slot_group::changes& all) {
  std::string out;
  for (auto& x : all)
    if (x.tell)
      out += (out.empty() ? "" : " ") + x.now.workflow_id;
  return out;
}

} // namespace

TEST_CASE("slots are given in the order of the requests, never too many") {
  slot_group group;
  CHECK(told(group.ask(1, "a", 1, 2)) == "a");
  CHECK(told(group.ask(2, "b", 1, 2)) == "b");
  CHECK(told(group.ask(3, "c", 1, 2)).empty());
  CHECK(told(group.ask(4, "d", 1, 2)).empty());
  CHECK(group.held() == 2);
  CHECK(told(group.give_back("b", 1)) == "c");
  CHECK(told(group.give_back("a", 1)) == "d");
  CHECK(group.held() == 2);
  group.give_back("c", 1);
  group.give_back("d", 1);
  CHECK(group.empty());
}

TEST_CASE("requests and farewells that come twice change nothing") {
  slot_group group;
  group.ask(1, "a", 1, 1);
  CHECK(group.ask(2, "a", 1, 1).empty());
  group.ask(3, "b", 1, 1);
  CHECK(told(group.give_back("a", 1)) == "b");
  CHECK(group.give_back("a", 1).empty());
  CHECK(group.give_back("b", 0).empty());
  CHECK(group.held() == 1);
}

TEST_CASE("the return of an earlier generation does not free the later slot") {
  slot_group group;
  group.ask(1, "a", 1, 1);
  group.give_back("a", 1);
  group.ask(2, "a", 2, 1);
  CHECK(group.give_back("a", 1).empty());
  CHECK(group.ask(3, "a", 1, 1).empty());
  CHECK(group.held() == 1);
}

TEST_CASE("one that waits may leave, and lets nobody in before its turn") {
  slot_group group;
  group.ask(1, "a", 1, 1);
  group.ask(2, "b", 1, 1);
  group.ask(3, "c", 1, 1);
  CHECK(told(group.give_back("b", 1)).empty());
  CHECK(group.waiting() == 1);
  CHECK(told(group.give_back("a", 1)) == "c");
}

TEST_CASE("who will not wait gets a free slot or none") {
  slot_group group;
  slot_group::changes changes;
  CHECK(group.try_ask(1, "a", 1, 1, changes));
  CHECK(changes.size() == 1);
  CHECK_FALSE(group.try_ask(2, "b", 1, 1, changes));
  CHECK(group.try_ask(3, "a", 1, 1, changes)); // asked again
  CHECK(changes.size() == 1);
  CHECK(group.held() == 1);
}

TEST_CASE("a group that was read again goes on where it was") {
  slot_group group;
  group.restore(7, {"a", 1, 1, true});
  group.restore(9, {"b", 2, 1, false});
  CHECK(group.held() == 1);
  CHECK(told(group.give_back("a", 1)) == "b");
}
