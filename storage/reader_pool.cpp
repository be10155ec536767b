#include "storage/reader_pool.hpp"

#include <pthread.h>

#include <optional>

#include <algorithm>

namespace tutti::storage {

namespace reader_pool_detail {

failure stopping() { return {errc::unavailable, "the node is stopping"}; }

failure too_many() {
  return {errc::unavailable,
          "too many reads of the store wait, try again later"};
}

} // namespace reader_pool_detail

reader_pool::reader_pool(std::shared_ptr<const store> from, const settings& how)
    : store_(std::move(from)), waiting_max_(how.waiting_max) {
  for (size_t i = 0; i < std::max<size_t>(how.threads, 1); ++i)
    threads_.emplace_back([this] { run(); });
}

reader_pool::~reader_pool() { close(); }

void reader_pool::submit(std::unique_ptr<job> what) {
  std::optional<failure> refusal;
  {
    std::lock_guard guard{mutex_};
    if (closed_) {
      refusal = reader_pool_detail::stopping();
    } else if (waiting_.size() >= waiting_max_) {
      ++count_.refused;
      refusal = reader_pool_detail::too_many();
    } else {
      waiting_.push_back(std::move(what));
      ready_.notify_one();
      return;
    }
  }
  // Outside the lock: it may submit the next one.
  what->refuse(std::move(*refusal));
}

void reader_pool::run() {
  pthread_setname_np(pthread_self(), "store reader");
  std::unique_lock lock{mutex_};
  for (;;) {
    ready_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
    if (closed_)
      return;
    auto next = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    try {
      next->run(*store_);
    } catch (const std::exception&) {
      // No memory to tell the answer: whoever waits is told by its reply, which
      // ends with the job.
    }
    next.reset();
    lock.lock();
    ++count_.jobs;
  }
}

void reader_pool::close() {
  std::deque<std::unique_ptr<job>> left;
  {
    std::lock_guard guard{mutex_};
    closed_ = true;
    left.swap(waiting_);
  }
  ready_.notify_all();
  for (auto& x : threads_)
    x.join();
  threads_.clear();
  for (auto& x : left)
    x->refuse(reader_pool_detail::stopping());
}

reader_pool::figures reader_pool::count() const {
  std::lock_guard guard{mutex_};
  auto out = count_;
  out.waiting = waiting_.size();
  return out;
}

} // namespace tutti::storage
