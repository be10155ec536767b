#include "messages/model/memory/memory_account.hpp"

#include "messages/model/bounds.hpp"

#include <vector>

namespace tutti {

namespace memory_account_detail {

constexpr size_t mib = size_t{1} << 20;

} // namespace memory_account_detail

const char* to_text(memory_use x) {
  switch (x) {
    case memory_use::documents:
      return "documents";
    case memory_use::results:
      return "results";
    case memory_use::executions:
      return "executions";
    case memory_use::responses:
      return "responses";
    case memory_use::dry_runs:
      return "dry_runs";
  }
  return "";
}

const char* memory_shortage::what() const noexcept {
  return "the memory for heavy work is taken (memory.heavy_mib), try again "
         "later";
}

memory_hold& memory_hold::operator=(memory_hold&& other) noexcept {
  if (this == &other)
    return *this;
  resize(0);
  from_ = std::exchange(other.from_, nullptr);
  use_ = other.use_;
  bytes_ = std::exchange(other.bytes_, 0);
  return *this;
}

void memory_hold::resize(size_t bytes) {
  if (!from_ || bytes == bytes_)
    return;
  auto before = std::exchange(bytes_, bytes);
  if (bytes > before)
    from_->add(use_, bytes - before);
  else
    from_->give_back(use_, before - bytes);
}

bool memory_hold::grow_to(size_t bytes) {
  if (!from_ || bytes <= bytes_)
    return true;
  if (!from_->take(use_, bytes - bytes_))
    return false;
  bytes_ = bytes;
  return true;
}

memory_account& memory_account::of_process() {
  // Never destroyed: documents of static storage may outlive any order.
  static auto* one = new memory_account;
  return *one;
}

void memory_account::set(limits x) {
  bytes_ = x.bytes;
  document_bytes_ = x.document_bytes;
  waiting_max_ = x.waiting_max;
}

void memory_account::add(memory_use who, size_t bytes) {
  held_ += bytes;
  taken_ += bytes;
  by_use_[size_t(who)] += bytes;
}

bool memory_account::take(memory_use who, size_t bytes, bool waits) {
  auto before = held_.fetch_add(bytes);
  auto taken = taken_.fetch_add(bytes);
  // One alone may always try, if the process has room for it.
  bool fits = before == 0 || (bytes <= bytes_ && before <= bytes_ - bytes);
  bool there = taken <= left_ && bytes <= left_ - taken;
  if (fits && there) {
    by_use_[size_t(who)] += bytes;
    return true;
  }
  held_ -= bytes;
  taken_ -= bytes;
  if (!waits) {
    ++refused_;
    short_ = true;
  }
  return false;
}

void memory_account::give_back(memory_use who, size_t bytes) noexcept {
  held_ -= bytes;
  by_use_[size_t(who)] -= bytes;
  if (waiting_count_ == 0)
    return;
  try {
    serve_waiters();
  } catch (const std::bad_alloc&) { // served at the next measurement
  }
}

std::optional<memory_hold> memory_account::try_hold(memory_use who,
                                                    size_t bytes) {
  if (!take(who, bytes))
    return std::nullopt;
  return memory_hold(this, who, bytes);
}

memory_hold memory_account::hold(memory_use who, size_t bytes) {
  auto out = try_hold(who, bytes);
  if (!out)
    throw memory_shortage();
  return std::move(*out);
}

memory_hold memory_account::count(memory_use who, size_t bytes) {
  add(who, bytes);
  return memory_hold(this, who, bytes);
}

void memory_account::wait(memory_use who, size_t bytes, instant until,
                          granted then) {
  {
    std::unique_lock lock{mutex_};
    if (waiting_.size() >= waiting_max_) {
      lock.unlock();
      ++refused_;
      return then(std::nullopt);
    }
    waiting_.push_back({who, bytes, until, std::move(then)});
    waiting_count_ = waiting_.size();
  }
  ++waited_;
  serve_waiters();
}

// The first goes first: what is large would never have its turn otherwise.
void memory_account::serve_waiters() {
  std::vector<std::pair<granted, memory_hold>> served;
  {
    std::lock_guard guard{mutex_};
    while (!waiting_.empty()) {
      auto& first = waiting_.front();
      if (!take(first.who, first.bytes, true))
        break;
      served.emplace_back(std::move(first.then),
                          memory_hold(this, first.who, first.bytes));
      waiting_.pop_front();
    }
    waiting_count_ = waiting_.size();
  }
  for (auto& [then, got] : served)
    then(std::move(got));
}

void memory_account::measured(size_t left, instant now) {
  left_ = left;
  taken_ = 0;
  auto refused = refused_.load();
  short_ = std::exchange(refused_before_, refused) != refused;
  if (waiting_count_ == 0)
    return;
  std::vector<granted> late;
  {
    std::lock_guard guard{mutex_};
    for (auto& x : waiting_)
      if (x.until <= now)
        late.push_back(std::move(x.then));
    std::erase_if(waiting_, [&](const waiter& x) { return x.until <= now; });
    waiting_count_ = waiting_.size();
    refused_ += late.size();
  }
  for (auto& then : late)
    then(std::nullopt);
  serve_waiters();
}

failure memory_account::refusal(size_t wanted) const {
  using memory_account_detail::mib;
  return {errc::too_many,
          sentence_of(bounds::heavy, (held_ + wanted) / mib, bytes_ / mib)};
}

std::optional<failure> memory_account::too_heavy(size_t tree_bytes) const {
  if (tree_bytes <= document_bytes_)
    return std::nullopt;
  return failure{errc::too_large,
                 sentence_of(bounds::document, tree_bytes, document_bytes_)};
}

memory_account::figures memory_account::count_all() const {
  figures out;
  for (size_t i = 0; i < memory_uses; ++i)
    out.held[i] = by_use_[i];
  out.limit = bytes_;
  out.waiting = waiting_count_;
  out.refused = refused_;
  out.waited = waited_;
  return out;
}

} // namespace tutti
