#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace tutti {

/// Threads for what takes too long for those that decide or read sockets, which
/// also get the CPU first. Work
/// that throws ends there; whoever waits for its answer learns it because the
/// right to answer is destroyed.
class work_pool {
 public:
  /// `waiting_max`: work that waits for a thread. `name` is the threads', 15
  /// characters at most.
  work_pool(size_t threads, size_t waiting_max, std::string name);
  ~work_pool(); ///< closes
  work_pool(const work_pool&) = delete;
  work_pool& operator=(const work_pool&) = delete;

  /// False: too much waits, or it was closed; nothing was taken.
  bool submit(std::function<void()> what);
  /// Drops what waits and ends the threads.
  void close();

  struct figures {
    uint64_t done = 0, refused = 0;
    size_t waiting = 0; ///< now
  };
  figures count() const;

 private:
  void run();

  const size_t waiting_max_;
  const std::string name_;
  mutable std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<std::function<void()>> waiting_;
  figures count_;
  bool closed_ = false;
  std::vector<std::thread> threads_;
};

} // namespace tutti
