#include "messages/model/memory/memory_account.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace tutti;
using namespace std::chrono_literals;

namespace {

constexpr auto documents = memory_use::documents,
               executions = memory_use::executions;

struct asker {
  std::vector<std::optional<memory_hold>> got;

  memory_account::granted take() {
    return
        [this](std::optional<memory_hold> x) { got.push_back(std::move(x)); };
  }
};

} // namespace

TEST_CASE("what is held together stays within the account") {
  memory_account account{{.bytes = 100}};
  auto first = account.try_hold(documents, 60);
  CHECK(first);
  CHECK_FALSE(account.try_hold(executions, 41));
  auto second = account.try_hold(executions, 40);
  CHECK(second);
  CHECK_THROWS_AS(account.hold(documents, 1), memory_shortage);
  first.reset();
  CHECK(account.try_hold(documents, 60));
  auto seen = account.count_all();
  CHECK(seen.held[size_t(executions)] == 40);
  CHECK(seen.held[size_t(documents)] == 0);
  CHECK(seen.refused == 2);
}

TEST_CASE("one alone may always try") {
  memory_account account{{.bytes = 100}};
  auto alone = account.try_hold(documents, 1'000);
  CHECK(alone);
  CHECK_FALSE(account.try_hold(documents, 1));
}

TEST_CASE("no more is given than the process had left when it was measured") {
  memory_account account{{.bytes = 1'000}};
  account.measured(100, {});
  auto held = account.try_hold(documents, 80);
  CHECK(held);
  CHECK_FALSE(account.try_hold(documents, 30));
  // What was given back may not be free yet.
  held.reset();
  CHECK_FALSE(account.try_hold(documents, 30));
  account.measured(100, {});
  CHECK(account.try_hold(documents, 30));
  account.measured(0, {});
  CHECK_FALSE(account.try_hold(documents, 30));
}

TEST_CASE("a hold grows when there is room, and counts what is there anyway") {
  memory_account account{{.bytes = 100}};
  auto held = account.hold(documents, 10);
  CHECK(held.grow_to(90));
  CHECK_FALSE(held.grow_to(101));
  CHECK(held.bytes() == 90);
  held.resize(150);
  CHECK(account.count_all().held[size_t(documents)] == 150);
  held.resize(20);
  CHECK(account.try_hold(executions, 80));
  auto other = std::move(held);
  CHECK(held.bytes() == 0);
  CHECK(other.bytes() == 20);
}

TEST_CASE("who waits has its turn in order, the large one too") {
  memory_account account{{.bytes = 100}};
  auto held = account.try_hold(executions, 90);
  auto small = account.try_hold(executions, 10);
  asker large, later;
  account.wait(executions, 80, memory_account::instant::max(), large.take());
  account.wait(executions, 5, memory_account::instant::max(), later.take());
  CHECK(account.count_all().waiting == 2);
  CHECK(account.is_short());
  small.reset();
  CHECK(large.got.empty());
  CHECK(later.got.empty());
  held.reset();
  REQUIRE(large.got.size() == 1);
  CHECK(large.got[0]->bytes() == 80);
  REQUIRE(later.got.size() == 1);
  CHECK(later.got[0]->bytes() == 5);
  CHECK(account.count_all().waiting == 0);
}

TEST_CASE("nobody waits for ever, nor do more than the bound") {
  memory_account account{{.bytes = 100, .waiting_max = 1}};
  auto held = account.try_hold(executions, 100);
  asker patient, second;
  memory_account::instant now{};
  account.wait(executions, 10, now + 2s, patient.take());
  account.wait(executions, 10, now + 2s, second.take());
  REQUIRE(second.got.size() == 1);
  CHECK_FALSE(second.got[0]);
  account.measured(SIZE_MAX, now + 1s);
  CHECK(patient.got.empty());
  account.measured(SIZE_MAX, now + 2s);
  REQUIRE(patient.got.size() == 1);
  CHECK_FALSE(patient.got[0]);
}

TEST_CASE("a refusal makes the account short until nobody is refused") {
  memory_account account{{.bytes = 100}};
  CHECK_FALSE(account.is_short());
  auto held = account.try_hold(executions, 100);
  CHECK_FALSE(account.try_hold(executions, 1));
  CHECK(account.is_short());
  account.measured(SIZE_MAX, {});
  CHECK(account.is_short());
  account.measured(SIZE_MAX, {});
  CHECK_FALSE(account.is_short());
  auto why = account.refusal(5 << 20);
  CHECK(why.code == errc::too_many);
  CHECK(why.message.find("memory.heavy_mib") != std::string::npos);
}
