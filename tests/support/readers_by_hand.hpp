#pragma once

#include "storage/readers.hpp"

#include <deque>
#include <memory>

namespace tutti::test {

/// Readers without threads: a job waits until the test runs it, in any order.
/// Who runs them must not be marked as a thread that decides.
class readers_by_hand final : public storage::readers {
 public:
  explicit readers_by_hand(std::shared_ptr<const storage::store> from)
      : store_(std::move(from)) {}

  void submit(std::unique_ptr<job> what) override {
    waiting_.push_back(std::move(what));
  }

  size_t waiting() const { return waiting_.size(); }

  /// Runs the one that has waited longest, or that one.
  void run_one(size_t i = 0) {
    auto next = take(i);
    next->run(*store_);
    ++done_;
  }
  void refuse_one(size_t i = 0) {
    take(i)->refuse({errc::unavailable, "refused by the test"});
  }
  /// Jobs that were run.
  size_t done() const { return done_; }

 private:
  std::unique_ptr<job> take(size_t i) {
    auto out = std::move(waiting_.at(i));
    waiting_.erase(waiting_.begin() + int64_t(i));
    return out;
  }

  std::shared_ptr<const storage::store> store_;
  std::deque<std::unique_ptr<job>> waiting_;
  size_t done_ = 0;
};

} // namespace tutti::test
