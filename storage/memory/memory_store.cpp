#include "storage/memory/memory_store.hpp"

#include "messages/model/deciding_thread.hpp"
#include "storage/feed.hpp"
#include "storage/keys.hpp"

#include <algorithm>

namespace tutti::storage {

/// A shard's rows at one moment. While a view is alive, a writer copies the map
/// first; so visitors run without the lock and see one moment.
class memory_store::view {
 public:
  view(const memory_store& of, uint32_t shard) : of_(of) {
    std::lock_guard guard{of_.mutex_};
    if (shard < of_.shards_.size())
      rows_ = of_.shards_[shard].now;
  }

  // Destroyed under the lock: a writer that finds no view knows that all reads
  // are over.
  ~view() {
    std::lock_guard guard{of_.mutex_};
    rows_.reset();
  }

  view(const view&) = delete;
  view& operator=(const view&) = delete;

  std::pair<rows::const_iterator, rows::const_iterator>
  range(std::string_view from, std::string_view to) const {
    static const rows none;
    const auto& all = rows_ ? *rows_ : none;
    if (!to.empty() && to <= from)
      return {all.end(), all.end()};
    return {all.lower_bound(from),
            to.empty() ? all.end() : all.lower_bound(to)};
  }

  const std::string* find(std::string_view key) const {
    if (!rows_)
      return nullptr;
    auto at = rows_->find(key);
    return at == rows_->end() ? nullptr : &at->second;
  }

 private:
  const memory_store& of_;
  std::shared_ptr<const rows> rows_;
};

memory_store::memory_store(uint32_t shards, writes when,
                           size_t commit_bytes_max)
    : when_(when), commit_bytes_max_(commit_bytes_max), shards_(shards) {}

memory_store::~memory_store() = default;

uint32_t memory_store::shards() const {
  return static_cast<uint32_t>(shards_.size());
}

result<uint64_t> memory_store::acquire(uint32_t shard, std::string_view) {
  std::lock_guard guard{mutex_};
  if (auto no = check_shard(shard, shards()))
    return *no;
  if (failed_)
    return failure{errc::unavailable, "the store has failed and takes no more "
                                      "writes"};
  return ++shards_[shard].epoch;
}

void memory_store::submit(commit what, std::function<void(outcome)> finished) {
  {
    std::lock_guard guard{mutex_};
    if (when_ == writes::by_hand) {
      held_.push_back({std::move(what), std::move(finished)});
      return;
    }
    answers_.push_back(write(what));
    answers_.back().finished = std::move(finished);
    if (answering_)
      return;
    answering_ = true;
  }
  answer_all();
}

void memory_store::answer_all() {
  for (;;) {
    answer next;
    {
      std::lock_guard guard{mutex_};
      if (answers_.empty()) {
        answering_ = false;
        return;
      }
      next = std::move(answers_.front());
      answers_.pop_front();
    }
    tell(next);
  }
}

void memory_store::tell(answer& x) {
  if (x.finished)
    x.finished(x.what);
  if (x.fed != 0)
    listeners_.tell(x.shard, x.fed);
}

memory_store::answer memory_store::write(commit& what) {
  if (fail_next_)
    failed_ = true;
  fail_next_ = false;
  if (failed_)
    return {{},
            {outcome::unavailable,
             "the store has failed and takes no more writes"}};
  if (auto no = check_shard(what.shard, uint32_t(shards_.size())))
    return {{}, {outcome::unavailable, no->message}};
  if (auto no = refusal(what))
    return {{}, {outcome::refused, no->message}};
  auto& shard = shards_[what.shard];
  if (what.epoch < shard.epoch)
    return {{}, outcome::fenced};
  if (shard.now.use_count() > 1)
    shard.now = std::make_shared<rows>(*shard.now);
  auto& all = *shard.now;
  for (auto& x : what.operations) {
    switch (x.what) {
      case operation::kind::put:
        all.insert_or_assign(std::move(x.key), std::move(x.value));
        break;
      case operation::kind::erase:
        all.erase(x.key);
        break;
      case operation::kind::erase_range:
        if (x.value.empty() || x.key < x.value)
          all.erase(all.lower_bound(x.key),
                    x.value.empty() ? all.end() : all.lower_bound(x.value));
        break;
    }
  }
  answer out{{}, outcome::ok, what.shard};
  if (!what.feed.empty()) {
    out.fed = ++shard.feed_end;
    all.insert_or_assign(keys::feed(out.fed),
                         std::string(feed_row_begin()) + what.feed);
  }
  return out;
}

store::feed_listening memory_store::listen(feed_listener told) {
  return listeners_.add(std::move(told));
}

uint64_t memory_store::feed_end(uint32_t shard) const {
  std::lock_guard guard{mutex_};
  return shard < shards_.size() ? shards_[shard].feed_end : 0;
}

std::optional<failure> memory_store::refuse_read(uint32_t shard) const {
  assert_may_wait("a read of the store");
  if (fail_reads_)
    return failure{errc::unavailable, "the store cannot be read"};
  return check_shard(shard, shards());
}

result<std::optional<std::string>>
memory_store::get(uint32_t shard, std::string_view key) const {
  if (auto no = refuse_read(shard))
    return *no;
  view now{*this, shard};
  auto value = now.find(key);
  return value ? std::optional(*value) : std::nullopt;
}

result<page> memory_store::read(uint32_t shard, key_range which,
                                page_bounds most) const {
  if (auto no = refuse_read(shard))
    return *no;
  page out;
  view now{*this, shard};
  auto [at, end] = now.range(which.from, which.to);
  // False: it has no room.
  auto add = [&](auto& x) {
    bool room = !out.full(most);
    if (room)
      out.add(x.first, x.second);
    else
      out.end_before(x.first, which.backwards);
    return room;
  };
  if (which.backwards)
    while (end != at && add(*--end))
      ;
  else
    while (at != end && add(*at))
      ++at;
  return out;
}

void memory_store::flush() { flush_some(held()); }

size_t memory_store::held() const {
  std::lock_guard guard{mutex_};
  return held_.size();
}

size_t memory_store::flush_some(size_t n) {
  for (size_t i = 0; i < n; ++i) {
    answer next;
    {
      std::lock_guard guard{mutex_};
      if (held_.empty())
        return i;
      next = write(held_.front().what);
      next.finished = std::move(held_.front().finished);
      held_.pop_front();
    }
    tell(next);
  }
  return n;
}

void memory_store::fail_next() {
  std::lock_guard guard{mutex_};
  fail_next_ = true;
}

void memory_store::crash(size_t written) {
  std::deque<held_commit> lost; // destroyed after the lock is released
  std::lock_guard guard{mutex_};
  for (size_t i = 0; i < std::min(written, held_.size()); ++i)
    write(held_[i].what);
  lost.swap(held_);
  fail_next_ = failed_ = false;
}

} // namespace tutti::storage
