#include "actors/search/index_keeper.hpp"

#include "actors/search/index_reads.hpp"
#include "messages/model/ids.hpp"

#include <spdlog/spdlog.h>

#include <pthread.h>

#include <algorithm>

namespace tutti {

namespace index_keeper_detail {

using namespace std::chrono_literals;

constexpr auto retry_pause = 1'000ms;
/// A transaction costs as much as 25 executions: pages that are being read wait
/// for one another, but not for long.
constexpr auto gathering_max = 50ms;
/// Executions that are read and added at a time.
constexpr size_t build_page = 500;

} // namespace index_keeper_detail

index_keeper::index_keeper(ports of) : ports_(std::move(of)) {
  applied_.resize(ports_.store->shards());
  status_.shards = ports_.store->shards();
  thread_ = std::thread([this] { run(); });
}

index_keeper::~index_keeper() { close(); }

void index_keeper::close() {
  {
    std::lock_guard guard{mutex_};
    closed_ = true;
    status_.now = phase::closed;
    told_ = hurry_ = nullptr;
  }
  ready_.notify_all();
  if (thread_.joinable())
    thread_.join();
  std::lock_guard guard{mutex_};
  // Replies lead to actors, which end before this object.
  pages_.clear();
  waiting_.clear();
  opened_ = {};
}

void index_keeper::open(reply<feed_positions> done) {
  {
    std::lock_guard guard{mutex_};
    open_ = true;
    opened_ = std::move(done);
  }
  ready_.notify_all();
}

void index_keeper::consume(uint32_t shard, feed_page_pointer page,
                           reply<feed_result> done) {
  auto self = weak_from_this();
  auto since = instant::clock::now();
  auto work = [self, shard,
               page](const storage::store& from) -> result<index::batch> {
    if (auto me = self.lock())
      return read_changes(from, shard, *page, me->definitions_);
    return failure{errc::unavailable, "the node stops"};
  };
  auto then = [self, since, done](result<index::batch> got) {
    auto me = self.lock();
    if (me) {
      std::lock_guard guard{me->mutex_};
      --me->reading_;
      if (got && !me->closed_)
        me->pages_.push_back({std::move(*got), done, since});
    }
    if (!got)
      done(std::move(got).failure());
    if (me)
      me->ready_.notify_all();
  };
  {
    std::lock_guard guard{mutex_};
    ++reading_;
  }
  storage::read<index::batch>(*ports_.readers, std::move(work),
                              std::move(then));
}

void index_keeper::rebuild(uint32_t shard, uint64_t position,
                           reply<feed_result> done) {
  {
    std::lock_guard guard{mutex_};
    if (closed_)
      return;
    waiting_.push_back({shard, position, std::move(done)});
    status_.now = phase::building;
  }
  ready_.notify_all();
}

void index_keeper::when_hurried(std::function<void()> hurry) {
  std::lock_guard guard{mutex_};
  hurry_ = std::move(hurry);
}

void index_keeper::hurry() {
  std::function<void()> hurry;
  {
    std::lock_guard guard{mutex_};
    hurry = hurry_;
  }
  if (hurry)
    hurry();
}

result<done> index_keeper::build_anew() {
  {
    std::lock_guard guard{mutex_};
    if (status_.now != phase::ready)
      return failure{errc::conflict, "the search index is being built or "
                                     "opened already"};
    asked_ = true;
    status_.now = phase::building;
  }
  ready_.notify_all();
  return done{};
}

void index_keeper::when_applied(std::function<void()> told) {
  std::lock_guard guard{mutex_};
  told_ = std::move(told);
}

uint64_t index_keeper::missing(const std::vector<uint64_t>& positions) const {
  std::lock_guard guard{mutex_};
  uint64_t out = 0;
  for (size_t i = 0; i < positions.size() && i < applied_.size(); ++i)
    if (positions[i] > applied_[i])
      out += positions[i] - applied_[i];
  return out;
}

index_keeper::status index_keeper::report() const {
  std::vector<uint64_t> ends;
  for (uint32_t shard = 0; shard < ports_.store->shards(); ++shard)
    ends.push_back(ports_.store->feed_end(shard));
  auto behind = missing(ends);
  std::lock_guard guard{mutex_};
  auto out = status_;
  out.behind = behind;
  auto since = oldest_;
  for (auto& x : pages_)
    since = since == instant{} ? x.since : std::min(since, x.since);
  if (behind > 0 && since != instant{})
    out.behind_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                        instant::clock::now() - since)
                        .count();
  return out;
}

// The thread

void index_keeper::run() {
  pthread_setname_np(pthread_self(), "index");
  if (!open_index())
    return;
  for (;;) {
    std::vector<pending> pages;
    {
      std::unique_lock lock{mutex_};
      ready_.wait(
          lock, [this] { return closed_ || must_build() || !pages_.empty(); });
      ready_.wait_for(lock, index_keeper_detail::gathering_max, [this] {
        return closed_ || must_build() || reading_ == 0;
      });
      if (closed_)
        return;
      if (!must_build()) {
        pages.swap(pages_);
        oldest_ = std::ranges::min(pages, {}, &pending::since).since;
      }
    }
    try {
      if (!pages.empty())
        apply(std::move(pages));
      else if (!build() && !wait_for(index_keeper_detail::retry_pause))
        return;
    } catch (const std::exception& e) {
      note({errc::unavailable, e.what()});
      if (!wait_for(index_keeper_detail::retry_pause))
        return;
    }
  }
}

bool index_keeper::wait_for(std::chrono::milliseconds pause) {
  std::unique_lock lock{mutex_};
  return !ready_.wait_for(lock, pause, [this] { return closed_; });
}

void index_keeper::note(const failure& why) {
  std::lock_guard guard{mutex_};
  if (status_.why != why.message)
    spdlog::warn("search index: {}", why.message);
  status_.why = why.message;
}

/// A position that the feed never had is that of another store.
bool index_keeper::is_of_store(const std::vector<uint64_t>& positions) const {
  for (uint32_t shard = 0; shard < positions.size(); ++shard)
    if (positions[shard] > ports_.store->feed_end(shard))
      return false;
  return true;
}

bool index_keeper::open_index() {
  {
    std::unique_lock lock{mutex_};
    ready_.wait(lock, [this] { return closed_ || open_; });
    if (closed_)
      return false;
  }
  for (;;) {
    auto opened = ports_.index->open(ports_.store->shards());
    if (opened) {
      feed_positions out(ports_.store->shards());
      std::unique_lock lock{mutex_};
      if (*opened && is_of_store(**opened)) {
        applied_ = **opened;
        status_.now = phase::ready;
        for (size_t i = 0; i < out.size(); ++i)
          out[i] = applied_[i];
      } else {
        status_.now = phase::building;
      }
      auto reply = std::exchange(opened_, {});
      lock.unlock();
      reply(std::move(out));
      return true;
    }
    note(opened.failure());
    if (!wait_for(index_keeper_detail::retry_pause))
      return false;
  }
}

void index_keeper::apply(std::vector<pending> pages) {
  std::vector<index::batch> batches;
  uint64_t changes = 0;
  batches.reserve(pages.size());
  for (auto& x : pages) {
    changes += x.what.changes.size();
    batches.push_back(std::move(x.what));
  }
  auto unknown = ports_.index->apply(batches);
  auto completed
      = unknown ? complete(*unknown) : result<tutti::done>(tutti::done{});
  auto* why = !unknown     ? &unknown.failure()
              : !completed ? &completed.failure()
                           : nullptr;
  if (why && why->code == errc::internal) {
    // Damaged: it is built anew, and these pages come after that.
    note(*why);
    std::lock_guard guard{mutex_};
    asked_ = true;
    status_.now = phase::building;
    for (size_t i = 0; i < pages.size(); ++i) {
      pages[i].what = std::move(batches[i]);
      pages_.push_back(std::move(pages[i]));
    }
    return;
  }
  std::function<void()> told;
  {
    std::lock_guard guard{mutex_};
    oldest_ = {};
    if (!why) {
      status_.applied += changes;
      for (auto& x : batches)
        applied_[x.shard] = std::max(applied_[x.shard], x.position);
    }
    told = told_;
  }
  if (why)
    note(*why);
  for (auto& x : pages)
    why ? x.done(*why) : x.done(feed_result{});
  if (told)
    told();
}

/// Executions that the index does not know well enough.
result<done> index_keeper::complete(const std::vector<std::string>& ids) {
  std::vector<index::execution_change> all;
  for (auto& id : ids) {
    auto shard = shard_of(id, ports_.store->shards());
    auto whole = read_whole(*ports_.store, shard, id, definitions_);
    if (!whole && whole.failure().code != errc::internal)
      return std::move(whole).failure();
    if (whole)
      all.push_back(std::move(*whole));
  }
  return all.empty() ? result<tutti::done>(tutti::done{})
                     : ports_.index->put(all);
}

bool index_keeper::build() {
  std::vector<uint64_t> positions;
  {
    std::lock_guard guard{mutex_};
    asked_ = false;
    status_.now = phase::building;
    status_.built = status_.building_of = 0;
    status_.built_shards = 0;
    ++status_.rebuilds;
  }
  spdlog::info("search index: it is built from the store");
  auto fail = [&](const failure& why) {
    note(why);
    std::lock_guard guard{mutex_};
    asked_ = true;
    return false;
  };
  if (auto figures = ports_.index->count()) {
    std::lock_guard guard{mutex_};
    status_.building_of = figures->workflows;
  }
  auto to = ports_.index->rebuild();
  if (!to)
    return fail(to.failure());
  auto shards = ports_.store->shards();
  // Commits from here on come through the feed, also those that the reading
  // below sees already: a row that has them ignores them.
  for (uint32_t shard = 0; shard < shards; ++shard)
    positions.push_back(ports_.store->feed_end(shard));
  for (uint32_t shard = 0; shard < shards; ++shard)
    if (!build_shard(**to, shard)) {
      std::lock_guard guard{mutex_};
      asked_ = true;
      return false;
    }
  if (auto finished = (*to)->finish(positions); !finished)
    return fail(finished.failure());
  built(positions);
  return true;
}

bool index_keeper::build_shard(index::builder& to, uint32_t shard) {
  std::optional<std::string> next = first_execution();
  while (next) {
    auto page = read_executions(*ports_.store, shard, *next,
                                index_keeper_detail::build_page, definitions_);
    if (!page) {
      note(page.failure());
      if (!wait_for(index_keeper_detail::retry_pause))
        return false;
      continue;
    }
    if (auto added = to.add(page->items); !added) {
      note(added.failure());
      return false;
    }
    next = std::move(page->next);
    std::lock_guard guard{mutex_};
    if (closed_)
      return false;
    status_.built += page->items.size();
  }
  std::lock_guard guard{mutex_};
  ++status_.built_shards;
  return true;
}

void index_keeper::built(const std::vector<uint64_t>& positions) {
  std::vector<builder_wait> served;
  std::function<void()> told;
  {
    std::lock_guard guard{mutex_};
    applied_ = positions;
    auto left = std::partition(waiting_.begin(), waiting_.end(), [&](auto& x) {
      return x.position > positions[x.shard];
    });
    served.assign(std::move_iterator(left), std::move_iterator(waiting_.end()));
    waiting_.erase(left, waiting_.end());
    status_.now = must_build() ? phase::building : phase::ready;
    status_.why.clear();
    spdlog::info("search index: built, {} executions", status_.built);
    told = told_;
  }
  for (auto& x : served)
    x.done(feed_result{{}, {}, positions[x.shard]});
  if (told)
    told();
}

std::vector<metric> index_keeper::metrics() const {
  using kind = metric::kind;
  auto x = report();
  auto one = [](const char* name, const char* help, kind what, double value) {
    return metric{name, help, what, {{{}, value}}};
  };
  return {
      one("tutti_index_lag", "Commits that the search index does not have yet",
          kind::gauge, double(x.behind)),
      one("tutti_index_lag_seconds", "Since when it does not have the oldest",
          kind::gauge, double(x.behind_ms) / 1000),
      one("tutti_index_applied_total",
          "Changes of executions that the search index has applied",
          kind::counter, double(x.applied)),
      one("tutti_index_rebuilds_total",
          "How often the search index was built from the store", kind::counter,
          double(x.rebuilds)),
      one("tutti_index_ready", "1 while the search index can be searched",
          kind::gauge, x.now == phase::ready ? 1 : 0)};
}

} // namespace tutti
