#pragma once

#include "storage/readers.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace tutti::storage {

/// Threads that wait for the store's disk in place of others.
class reader_pool final : public readers {
 public:
  struct settings {
    size_t threads = 4;
    /// Jobs that wait; more are refused, so that what asks again later (a
    /// timer, an outbox, a client) sets the pace.
    size_t waiting_max = 20'000;
  };
  struct figures {
    uint64_t jobs = 0;    ///< done
    uint64_t refused = 0; ///< because too many waited
    size_t waiting = 0;   ///< now
  };

  reader_pool(std::shared_ptr<const store> from, const settings& how);
  /// Refuses what waits.
  ~reader_pool() override;

  void submit(std::unique_ptr<job> what) override;

  /// Refuses what waits and what comes, and ends the threads.
  void close();

  figures count() const;

 private:
  void run();

  std::shared_ptr<const store> store_;
  const size_t waiting_max_;
  mutable std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<std::unique_ptr<job>> waiting_;
  figures count_;
  bool closed_ = false;
  std::vector<std::thread> threads_;
};

} // namespace tutti::storage
