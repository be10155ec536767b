#include "actors/queue/polls_elsewhere.hpp"
#include "storage/index/place.hpp"
#include "tests/unit/actors/cluster/letters_by_hand.hpp"

#include <doctest/doctest.h>

namespace tutti::test::cluster {

namespace polls_elsewhere_test {

struct one_node {
  one_node() {
    directory->set_peers(peers);
    for (auto node : {"b", "c"})
      polls.met(node);
  }
  ~one_node() {
    peers->letters.clear();
    directory->clear();
  }

  /// The nodes that were told `waits` of the queue.
  std::vector<std::string> told(const std::string& queue, bool waits) {
    std::vector<std::string> out;
    while (!peers->letters.empty()) {
      auto x = peers->take();
      CHECK(x.as<want_tasks>().queue == queue);
      CHECK(x.as<want_tasks>().waits == waits);
      out.push_back(x.node);
    }
    return out;
  }
  std::vector<std::string> offered(const std::string& queue) {
    std::vector<std::string> out;
    while (!peers->letters.empty()) {
      auto x = peers->take();
      CHECK(x.as<tasks_ready>().queue == queue);
      out.push_back(x.node);
    }
    return out;
  }

  std::shared_ptr<letters_by_hand> peers = std::make_shared<letters_by_hand>();
  std::shared_ptr<actor_directory> directory
      = std::make_shared<actor_directory>();
  polls_elsewhere polls{directory};
};

using names = std::vector<std::string>;

TEST_CASE("other nodes are told once that workers wait for a queue") {
  one_node node;
  node.polls.wanted("pack");
  CHECK(node.told("pack", true) == names{"b", "c"});
  for (int i = 0; i < 100; ++i)
    node.polls.wanted("pack");
  CHECK(node.told("pack", true).empty());

  node.polls.lost("b");
  node.polls.wanted("pack");
  CHECK(node.told("pack", true).empty());
  node.polls.met("b");
  CHECK(node.told("pack", true) == names{"b"});

  node.polls.given_up("pack");
  CHECK(node.told("pack", false) == names{"b", "c"});
  node.polls.wanted("pack");
  CHECK(node.told("pack", true) == names{"b", "c"});
}

TEST_CASE("other nodes are told that nobody waits any more, after a while") {
  one_node node;
  node.polls.wanted("pack");
  CHECK(node.told("pack", true).size() == 2);
  node.polls.look();
  CHECK(node.peers->letters.empty());
  node.polls.wanted("pack");
  node.polls.look();
  CHECK(node.peers->letters.empty());
  node.polls.look();
  CHECK(node.told("pack", false) == names{"b", "c"});
  node.polls.look();
  CHECK(node.peers->letters.empty());
}

TEST_CASE("a task is told to one node that waits, and to the next one when "
          "that has left") {
  one_node node;
  node.polls.ready("pack", 5);
  CHECK(node.offered("pack").empty());
  CHECK_FALSE(node.polls.wants("pack"));
  node.polls.asked("b", {"pack", true});
  node.polls.asked("c", {"pack", true});
  CHECK(node.polls.wants("pack"));
  node.polls.ready("pack", 1);
  CHECK(node.offered("pack") == names{"b"});
  // It has not polled yet: it is told nothing more.
  node.polls.ready("pack", 1);
  CHECK(node.offered("pack").empty());
  node.polls.asked("b", {"pack", false});
  node.polls.ready("pack", 1);
  CHECK(node.offered("pack") == names{"c"});
  node.polls.polled("c", "pack");
  node.polls.ready("pack", 1);
  CHECK(node.offered("pack") == names{"c"});
  node.polls.lost("c");
  CHECK_FALSE(node.polls.wants("pack"));
}

TEST_CASE("several tasks are told to several nodes, in turn") {
  one_node node;
  node.polls.asked("b", {"pack", true});
  node.polls.asked("c", {"pack", true});
  node.polls.ready("pack", 2);
  CHECK(node.offered("pack") == names{"b", "c"});
  node.polls.polled("b", "pack");
  node.polls.polled("c", "pack");
  node.polls.ready("pack", 1);
  node.polls.polled("b", "pack");
  auto first = node.offered("pack");
  node.polls.ready("pack", 2);
  auto then = node.offered("pack");
  CHECK(first == names{"b"});
  CHECK(then == names{"c", "b"});
}

std::string hex(const std::string& text) {
  std::string out;
  for (unsigned char c : text) {
    out += "0123456789abcdef"[c >> 4];
    out += "0123456789abcdef"[c & 15];
  }
  return out;
}

TEST_CASE("places of two indexes are ordered by the keys of the search") {
  auto place = [](const std::string& keys) {
    return hex(R"([7,"3-12+",)" + keys + ",99]");
  };
  using index::compare_places;
  CHECK(compare_places(place(R"(5,"a")"), place(R"(4,"a")")) < 0);
  CHECK(compare_places(place(R"(5,"b")"), place(R"(5,"a")")) > 0);
  CHECK(compare_places(place(R"(5,"a")"), place(R"(5,"a")")) == 0);
  // Of other generations, with other numbers.
  CHECK(compare_places(hex(R"([1,"3-12+",5,"a",1])"), place(R"(5,"a")")) == 0);
  CHECK(compare_places("", "zz") == 0);
}

} // namespace polls_elsewhere_test

} // namespace tutti::test::cluster
