#include "tests/unit/actors/node/live_node.hpp"

#include <set>

using namespace tutti;
using namespace tutti::test;

namespace {

struct outcome {
  std::multiset<std::string> ids;
  size_t refused = 0;
};

/// All at once, over all gateways.
outcome start_many(live_node& node, int n, const std::string& key,
                   idempotency_strategy how, errc refusal) {
  struct answers {
    std::mutex mutex;
    std::vector<result<started>> all;
    std::promise<void> complete;
  };
  auto got = std::make_shared<answers>();
  auto gateways = node.running().gateways();
  for (int i = 0; i < n; ++i) {
    envelope<start_workflow> x;
    x.request = node.starting("ship");
    x.request.what.idempotency_key = key;
    x.request.what.idempotency_strategy = how;
    x.done = reply<started>([got, n](result<started> a) {
      std::lock_guard guard{got->mutex};
      got->all.push_back(std::move(a));
      if (got->all.size() == size_t(n))
        got->complete.set_value();
    });
    caf::anon_send(gateways[size_t(i) % gateways.size()], std::move(x));
  }
  REQUIRE(got->complete.get_future().wait_for(std::chrono::seconds(20))
          == std::future_status::ready);
  outcome out;
  for (auto& x : got->all) {
    if (x) {
      out.ids.insert(x->workflow_id);
      continue;
    }
    CHECK(x.failure().code == refusal);
    ++out.refused;
  }
  return out;
}

constexpr auto limited = R"({"name":"ship","version":2,"tasks":[{"name":"pack",
      "taskReferenceName":"step","type":"SIMPLE"}],"rateLimitConfig":
      {"rateLimitKey":"","concurrentExecLimit":3,"policy":"REJECT"}})";

} // namespace

TEST_CASE("of many starts at once with one key exactly one begins") {
  live_node node;
  node.define_step("ship", "pack");
  using how = idempotency_strategy;
  auto failed = start_many(node, 64, "a", how::fail, errc::conflict);
  CHECK(failed.ids.size() == 1);
  CHECK(failed.refused == 63);
  auto same = start_many(node, 64, "b", how::return_existing, errc::conflict);
  CHECK(same.ids.size() == 64);
  CHECK(std::set(same.ids.begin(), same.ids.end()).size() == 1);
  auto running
      = start_many(node, 64, "c", how::fail_on_running, errc::conflict);
  CHECK(running.ids.size() == 1);
  CHECK(node.poll("pack", 10).size() == 3);
}

TEST_CASE("of many starts at once that take over an ended key one begins") {
  live_node node;
  node.define_step("ship", "pack");
  using how = idempotency_strategy;
  for (int i = 0; i < 5; ++i) {
    auto got = start_many(node, 32, "k", how::fail_on_running, errc::conflict);
    CHECK(got.ids.size() == 1);
    node.work("pack");
  }
  CHECK(node.poll("pack", 1, 0).empty());
}

TEST_CASE("a limit that rejects admits exactly as many as it says") {
  live_node node;
  node.define_step("ship", "pack");
  node.define(limited);
  auto fail = idempotency_strategy::fail;
  auto got = start_many(node, 64, "", fail, errc::too_many);
  CHECK(got.ids.size() == 3);
  CHECK(node.error(node.starting("ship")) == errc::too_many);
  node.work("pack");
  // The slot comes back by an outbox message.
  auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  outcome next;
  while (next.ids.empty() && std::chrono::steady_clock::now() < until)
    next = start_many(node, 8, "", fail, errc::too_many);
  CHECK(next.ids.size() == 1);
}

TEST_CASE(
    "with a key and a limit that rejects a repeated start needs no slot") {
  live_node node;
  node.define_step("ship", "pack");
  node.define(limited);
  auto how = idempotency_strategy::return_existing;
  auto got = start_many(node, 32, "k", how, errc::too_many);
  CHECK(std::set(got.ids.begin(), got.ids.end()).size() == 1);
  CHECK(got.ids.size() == 32);
  auto others
      = start_many(node, 16, "", idempotency_strategy::fail, errc::too_many);
  CHECK(others.ids.size() == 2);
}

TEST_CASE("the key of a removed execution begins a new one, also after a "
          "restart [B3]") {
  live_node node;
  node.define_step("ship", "pack");
  auto start = [&](idempotency_strategy how) {
    auto x = node.starting("ship");
    x.what.idempotency_key = "k";
    x.what.idempotency_strategy = how;
    return node.ask(std::move(x));
  };
  std::set<std::string> ids;
  for (auto how :
       {idempotency_strategy::fail, idempotency_strategy::return_existing,
        idempotency_strategy::fail_on_running}) {
    auto got = start(how);
    REQUIRE_MESSAGE(got, got.failure().message);
    CHECK(ids.insert(got->workflow_id).second);
    CHECK(start(idempotency_strategy::fail).failure().code == errc::conflict);
    node.get(remove_workflow{got->workflow_id, false});
  }
  auto last = start(idempotency_strategy::fail);
  REQUIRE(last);
  node.end();
  node.begin();
  auto found = start(idempotency_strategy::return_existing);
  REQUIRE(found);
  CHECK(found->workflow_id == last->workflow_id);
  node.get(remove_workflow{last->workflow_id, false});
  node.end();
  node.begin();
  CHECK(start(idempotency_strategy::return_existing));
  CHECK(node.poll("pack").size() == 1);
  CHECK(node.poll("pack", 1, 0).empty());
}

TEST_CASE("many starts with the key of a removed execution begin one [B3]") {
  live_node node;
  node.define_step("ship", "pack");
  using how = idempotency_strategy;
  for (int i = 0; i < 3; ++i) {
    auto got = start_many(node, 32, "k", how::return_existing, errc::conflict);
    CHECK(std::set(got.ids.begin(), got.ids.end()).size() == 1);
    CHECK(got.ids.size() == 32);
    node.get(remove_workflow{*got.ids.begin(), false});
  }
}
