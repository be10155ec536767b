#pragma once

#include "actors/node/node_health.hpp"
#include "actors/support/clock.hpp"
#include "actors/support/memory_budget.hpp"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

namespace tutti {

/// A thread that looks after the node several times a second: measures its
/// memory, lets its clock settle, ends health checks that take too long.
class node_watch {
 public:
  struct ports {
    std::shared_ptr<tutti::clock> clock;
    std::shared_ptr<memory_budget> memory;
    std::shared_ptr<node_health> health;
    /// Caches shrink, or may grow again.
    std::function<void(bool tight)> save_memory;
    /// Called every few seconds.
    std::function<void()> keep_time;
    /// Resident memory beyond which heavy things get nothing.
    size_t memory_ceiling_bytes = SIZE_MAX;
    /// The host's clock was set forward: who waits for a time looks again.
    std::function<void()> clock_moved = {};
  };

  explicit node_watch(ports of);
  ~node_watch();
  node_watch(const node_watch&) = delete;
  node_watch& operator=(const node_watch&) = delete;

 private:
  using instant = std::chrono::steady_clock::time_point;

  void run();
  void measure(instant now);
  void look_at_clock(instant now);

  const ports ports_;
  std::mutex mutex_;
  std::condition_variable ready_;
  bool stop_ = false;
  bool was_tight_ = false;
  instant released_{}, warned_{}, looked_{};
  int64_t time_ = 0;   ///< the node's, at `looked_`
  std::thread thread_; ///< last
};

} // namespace tutti
