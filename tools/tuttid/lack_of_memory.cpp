#include "tools/tuttid/lack_of_memory.hpp"

#include "actors/node/process_memory.hpp"
#include "messages/model/deciding_thread.hpp"

#include <poll.h>

#include <atomic>
#include <chrono>
#include <new>

namespace tutti::daemon {

namespace lack_of_memory_detail {

constexpr std::chrono::milliseconds pause{20};
constexpr int attempts = 500;

/// Of the allocation at hand; the handler is called until it succeeds.
thread_local int attempt = 0;
thread_local std::chrono::steady_clock::time_point last_attempt;

/// The allocator goes on with memory that it kept for later.
std::atomic<bool> releasing{false};

void release() {
  if (releasing.exchange(true))
    return;
  release_unused_memory();
  releasing = false;
}

void no_memory() {
  release();
  if (may_lack_memory::here())
    throw std::bad_alloc();
  auto now = std::chrono::steady_clock::now();
  if (now - last_attempt > 10 * pause)
    attempt = 0;
  last_attempt = now;
  if (++attempt > attempts)
    throw std::bad_alloc();
  // Nobody tells when memory is freed.
  poll(nullptr, 0, int(pause.count()));
}

} // namespace lack_of_memory_detail

void prepare_for_lack_of_memory() {
  std::set_new_handler(lack_of_memory_detail::no_memory);
}

} // namespace tutti::daemon
