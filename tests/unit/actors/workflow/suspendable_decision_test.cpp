#include "actors/workflow/suspendable_decision.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace tutti;
using engine::script_language;

namespace suspendable_decision_tests {

engine::decision decided(std::string task_id) {
  engine::decision out;
  out.task_id = std::move(task_id);
  return out;
}

engine::script_result error_of(std::string sentence) {
  return {engine::script_result::kind::error, {}, std::move(sentence)};
}

std::string ask(engine::script_runner& scripts, const std::string& source) {
  return scripts.run({script_language::javascript, source, "{}"}).error;
}

/// Uses some of the stack, so that what is wrong with it shows.
std::string deep(engine::script_runner& scripts, int levels) {
  char room[2048];
  for (auto& c : room)
    c = char('a' + levels % 26);
  auto below = levels == 0 ? ask(scripts, "deep") : deep(scripts, levels - 1);
  return below + room[levels];
}

TEST_CASE("a decision without scripts is made at once") {
  suspendable_decision x([](auto&) { return decided("done"); });
  CHECK(x.resume());
  CHECK(x.take().task_id == "done");
}

TEST_CASE("a decision is suspended at each script and gets each answer") {
  suspendable_decision x([](auto& scripts) {
    std::string all;
    for (int i = 0; i < 100; ++i)
      all += ask(scripts, std::to_string(i));
    return decided(all);
  });
  std::string expected;
  for (int i = 0; i < 100; ++i) {
    REQUIRE(!x.resume());
    CHECK(x.question()->source == std::to_string(i));
    auto answer = std::to_string(i * i);
    expected += answer;
    x.answer(error_of(answer));
  }
  CHECK(x.resume());
  CHECK(x.take().task_id == expected);
}

TEST_CASE("a decision is suspended where it pauses, and asks for nothing") {
  suspendable_decision x([](auto& scripts) {
    scripts.pause();
    auto answer = ask(scripts, "one");
    scripts.pause();
    return decided(answer);
  });
  REQUIRE(!x.resume());
  CHECK(x.question() == nullptr);
  REQUIRE(!x.resume());
  REQUIRE(x.question() != nullptr);
  x.answer(error_of("1"));
  REQUIRE(!x.resume());
  CHECK(x.question() == nullptr);
  CHECK(x.resume());
  CHECK(x.take().task_id == "1");
}

TEST_CASE("a decision that is dropped while it pauses is unwound") {
  auto held = std::make_shared<int>(7);
  bool continued = false;
  {
    suspendable_decision x([&continued, held](auto& scripts) {
      scripts.pause();
      continued = true;
      return decided("");
    });
    REQUIRE(!x.resume());
  }
  CHECK(!continued);
  CHECK(held.use_count() == 1);
}

TEST_CASE("a decision may go on with another thread each time") {
  suspendable_decision x([](auto& scripts) {
    auto first = deep(scripts, 30);
    return decided(first + deep(scripts, 5));
  });
  REQUIRE(!x.resume());
  for (auto* answer : {"one ", "two "}) {
    bool done = false;
    std::thread([&] {
      x.answer(error_of(answer));
      done = x.resume();
    }).join();
    CHECK(done == (answer[0] == 't'));
  }
  auto text = x.take().task_id;
  CHECK(text.starts_with("one "));
  CHECK(text.find("two ") == 4 + 31);
}

TEST_CASE("a decision that is dropped while it waits is unwound") {
  auto held = std::make_shared<int>(7);
  std::weak_ptr<int> watch = held;
  bool went_on = false;
  {
    suspendable_decision x([&, held = std::move(held)](auto& scripts) {
      auto more = std::vector<std::shared_ptr<int>>(10, held);
      ask(scripts, "never answered");
      went_on = true;
      return decided("");
    });
    REQUIRE(!x.resume());
    CHECK(watch.use_count() == 11);
  }
  CHECK(!went_on);
  CHECK(watch.expired());
}

TEST_CASE("one that has not begun, or is done, may be dropped as well") {
  auto held = std::make_shared<int>(7);
  {
    suspendable_decision never([held](auto&) { return decided(""); });
  }
  CHECK(held.use_count() == 1);
  {
    suspendable_decision over([held](auto&) { return decided(""); });
    CHECK(over.resume());
  }
  CHECK(held.use_count() == 1);
}

TEST_CASE("an exception of a decision comes out where it is resumed") {
  suspendable_decision x([](auto& scripts) -> engine::decision {
    throw std::runtime_error(ask(scripts, "s"));
  });
  REQUIRE(!x.resume());
  x.answer(error_of("boom"));
  CHECK_THROWS_WITH(x.resume(), "boom");
}

// Stacks are used again: nothing of an earlier decision may be seen there.
TEST_CASE("many decisions are under way at a time, and one after another") {
  for (int round = 0; round < 5; ++round) {
    std::vector<std::unique_ptr<suspendable_decision>> all;
    for (int i = 0; i < 300; ++i) {
      all.push_back(
          std::make_unique<suspendable_decision>([i, round](auto& scripts) {
            return decided(deep(scripts, (i * 7 + round * 13) % 60));
          }));
      REQUIRE(!all.back()->resume());
    }
    for (size_t i = 0; i < all.size(); i += 2) {
      all[i]->answer(error_of(std::to_string(i)));
      REQUIRE(all[i]->resume());
      CHECK(all[i]->take().task_id.starts_with(std::to_string(i)));
    }
  }
}

} // namespace suspendable_decision_tests
