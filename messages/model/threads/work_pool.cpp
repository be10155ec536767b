#include "messages/model/threads/work_pool.hpp"

#include "messages/model/threads/background.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace tutti {

work_pool::work_pool(size_t threads, size_t waiting_max, std::string name)
    : waiting_max_(waiting_max), name_(std::move(name)) {
  for (size_t i = 0; i < std::max<size_t>(threads, 1); ++i)
    threads_.emplace_back([this] { run(); });
}

work_pool::~work_pool() { close(); }

bool work_pool::submit(std::function<void()> what) {
  std::lock_guard guard{mutex_};
  if (closed_ || waiting_.size() >= waiting_max_) {
    ++count_.refused;
    return false;
  }
  waiting_.push_back(std::move(what));
  ready_.notify_one();
  return true;
}

void work_pool::run() {
  run_in_background(name_.c_str());
  std::unique_lock lock{mutex_};
  for (;;) {
    ready_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
    if (closed_)
      return;
    auto next = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    // A fault of one piece of work must not end a thread that others use.
    try {
      next();
    } catch (const std::exception&) {
    }
    next = nullptr;
    lock.lock();
    ++count_.done;
  }
}

void work_pool::close() {
  std::deque<std::function<void()>> left;
  {
    std::lock_guard guard{mutex_};
    closed_ = true;
    left.swap(waiting_);
  }
  ready_.notify_all();
  for (auto& x : threads_)
    x.join();
  threads_.clear();
}

work_pool::figures work_pool::count() const {
  std::lock_guard guard{mutex_};
  auto out = count_;
  out.waiting = waiting_.size();
  return out;
}

} // namespace tutti
