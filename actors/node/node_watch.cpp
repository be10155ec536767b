#include "actors/node/node_watch.hpp"

#include "actors/node/process_memory.hpp"
#include "messages/model/memory/memory_account.hpp"

#include <spdlog/spdlog.h>

#include <pthread.h>

#include <algorithm>

namespace tutti {

namespace node_watch_detail {

using namespace std::chrono_literals;

constexpr auto pause = 100ms;
constexpr auto settle_pause = 1s, keep_pause = 10s, release_pause = 1s,
               warn_pause = 60s;

/// A step forward that is worth a look of everybody.
constexpr int64_t jump_ms = 1'000;

} // namespace node_watch_detail

node_watch::node_watch(ports of) : ports_(std::move(of)) {
  thread_ = std::thread([this] { run(); });
}

node_watch::~node_watch() {
  {
    std::lock_guard guard{mutex_};
    stop_ = true;
  }
  ready_.notify_one();
  thread_.join();
}

void node_watch::run() {
  using namespace node_watch_detail;
  pthread_setname_np(pthread_self(), "node watch");
  auto settled = instant::clock::now(), kept = settled;
  std::unique_lock lock{mutex_};
  while (!ready_.wait_for(lock, pause, [this] { return stop_; })) {
    lock.unlock();
    auto now = instant::clock::now();
    // What it does must not end the process either.
    try {
      measure(now);
      look_at_clock(now);
      ports_.health->look(now);
      if (now - settled >= settle_pause) {
        using std::chrono::milliseconds;
        ports_.clock->settle(
            std::chrono::duration_cast<milliseconds>(now - settled));
        settled = now;
      }
      if (now - kept >= keep_pause) {
        ports_.keep_time();
        kept = now;
      }
    } catch (const std::exception& e) {
      spdlog::warn("the watch of the node failed: {}", e.what());
    }
    lock.lock();
  }
}

void node_watch::look_at_clock(instant now) {
  using std::chrono::milliseconds;
  auto time = ports_.clock->now_ms();
  auto passed = std::chrono::duration_cast<milliseconds>(now - looked_);
  bool first = looked_ == instant();
  bool jumped = time - time_ > passed.count() + node_watch_detail::jump_ms;
  looked_ = now;
  time_ = time;
  if (!first && jumped && ports_.clock_moved)
    ports_.clock_moved();
}

// What the allocator keeps for later counts as well, because it counts for the
// system: it is given back before anybody is refused.
void node_watch::measure(instant now) {
  auto used = memory_usage();
  auto& memory = *ports_.memory;
  auto budget = memory.bytes();
  bool much = used.resident > budget / 100 * tight_percent;
  bool unused = used.resident > used.allocated + budget / 10;
  auto& account = memory_account::of_process();
  auto pause = account.is_short() ? node_watch_detail::pause
                                  : node_watch_detail::release_pause;
  if (budget > 0 && used.allocated > 0 && much && unused
      && now - released_ >= pause) {
    release_unused_memory();
    released_ = now;
    used = memory_usage();
  }
  auto before = memory.now();
  memory.measured(used);
  auto ceiling = ports_.memory_ceiling_bytes;
  account.measured(ceiling - std::min(ceiling, used.resident), now);
  bool news = memory.spent() && before != memory_budget::level::spent;
  if (news && now - warned_ >= node_watch_detail::warn_pause) {
    warned_ = now;
    spdlog::warn("the node uses {} MiB of memory: new starts are refused until "
                 "it uses less than {} MiB (memory.budget_mib)",
                 used.resident >> 20, budget >> 20);
  }
  if (std::exchange(was_tight_, memory.tight()) != memory.tight()) {
    keep_unused_memory(memory.tight() ? std::chrono::milliseconds(0)
                                      : usual_keeping);
    ports_.save_memory(memory.tight());
  }
}

} // namespace tutti
