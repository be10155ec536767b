#include "storage/rocksdb/group_writer.hpp"

#include "messages/model/deciding_thread.hpp"
#include "storage/feed.hpp"
#include "storage/keys.hpp"
#include "storage/rocksdb/families.hpp"
#include "storage/rocksdb/layout.hpp"

#include <rocksdb/db.h>
#include <rocksdb/perf_level.h>
#include <rocksdb/write_batch.h>

#include <pthread.h>

#include <future>
#include <span>

namespace tutti::storage {

namespace group_writer_detail {

/// Pause before an answer is tried again.
constexpr std::chrono::milliseconds late_pause{20};

/// RocksDB does not survive a lack of memory while a commit is encoded: a group
/// has all that it needs before. Smaller commits share groups, larger ones have
/// groups of their own.
constexpr size_t shared_bytes_max = 1 << 20, group_room_max = 16 << 20;

/// Groups that wait for their reuse.
constexpr size_t spares_max = 4;

/// What RocksDB makes of a commit at most: ranges are written to each family.
size_t encoded_bytes(const commit& what) {
  auto bytes = size_of(what);
  for (const auto& x : what.operations)
    if (x.what == operation::kind::erase_range)
      bytes += (family_count - 1) * (x.key.size() + x.value.size() + 32);
  return bytes + 16 * what.operations.size() + 256;
}

} // namespace group_writer_detail

struct group_writer::group {
  using instant = std::chrono::steady_clock::time_point;
  struct answer {
    std::function<void(outcome)> finished;
    outcome what;
    instant since; ///< of a commit: its submission
  };

  /// The feed row of a shard: entries of all its commits in this group.
  struct feed_row {
    uint32_t shard;
    uint64_t end; ///< position of the last entry
    std::string bytes;
  };

  explicit group(size_t reserved, bool shared = false)
      : batch(reserved), room(reserved), shared(shared) {
    answers.reserve(256);
  }

  void add(std::function<void(outcome)> finished, outcome what,
           instant since = {}) {
    answers.push_back({std::move(finished), what, since});
  }

  /// All of it, or nothing and an exception.
  void
  encode_whole(const commit& x,
               const std::vector<::rocksdb::ColumnFamilyHandle*>& families);
  void encode(const commit& x,
              const std::vector<::rocksdb::ColumnFamilyHandle*>& families);

  void feed(uint32_t shard, uint64_t position, std::string_view entry);
  /// Adds the rows of the feed to the batch: nothing is added after that.
  void close(const std::vector<::rocksdb::ColumnFamilyHandle*>& families);

  void clear() {
    batch.Clear();
    answers.clear();
    for (auto& row : feed_rows())
      feed_row_of_shard[row.shard] = none;
    feed_rows_used = 0;
    bytes = encoded = 0;
  }

  std::span<feed_row> feed_rows() { return {fed.data(), feed_rows_used}; }

  ::rocksdb::WriteBatch batch;
  std::vector<answer> answers;
  size_t bytes = 0;
  size_t encoded = 0; ///< at most
  const size_t room;  ///< encoded bytes that it may hold
  const bool shared;
  /// Those beyond `feed_rows_used` keep their memory for the next time.
  std::vector<feed_row> fed;
  size_t feed_rows_used = 0;
  std::vector<uint32_t> feed_row_of_shard;
  static constexpr uint32_t none = UINT32_MAX;
};

void group_writer::group::feed(uint32_t shard, uint64_t position,
                               std::string_view entry) {
  if (feed_row_of_shard.size() <= shard)
    feed_row_of_shard.resize(shard + 1, none);
  auto& i = feed_row_of_shard[shard];
  if (i == none) {
    i = static_cast<uint32_t>(feed_rows_used++);
    if (fed.size() < feed_rows_used)
      fed.emplace_back();
    fed[i].shard = shard;
    fed[i].bytes = feed_row_begin();
  }
  fed[i].end = position;
  fed[i].bytes += entry;
}

void group_writer::group::close(
    const std::vector<::rocksdb::ColumnFamilyHandle*>& families) {
  for (auto& row : feed_rows())
    batch.Put(families[static_cast<size_t>(family_of_kind('f'))],
              layout::row_key(row.shard, keys::feed(row.end)), row.bytes);
}

void group_writer::group::encode_whole(
    const commit& x,
    const std::vector<::rocksdb::ColumnFamilyHandle*>& families) {
  // RocksDB does not survive an exception here.
  may_lack_memory waits(false);
  batch.SetSavePoint();
  try {
    encode(x, families);
  } catch (...) {
    batch.RollbackToSavePoint().PermitUncheckedError();
    throw;
  }
  batch.PopSavePoint().PermitUncheckedError();
}

void group_writer::group::encode(
    const commit& x,
    const std::vector<::rocksdb::ColumnFamilyHandle*>& families) {
  using ::rocksdb::Slice;
  using ::rocksdb::SliceParts;
  auto prefix = layout::prefix(x.shard);
  for (const auto& o : x.operations) {
    Slice key[2] = {Slice{prefix.data(), prefix.size()}, Slice{o.key}};
    auto where = families[static_cast<size_t>(family_of(o.key))];
    switch (o.what) {
      case operation::kind::put: {
        Slice value{o.value};
        batch.Put(where, SliceParts{key, 2}, SliceParts{&value, 1});
        break;
      }
      case operation::kind::erase:
        batch.Delete(where, SliceParts{key, 2});
        break;
      case operation::kind::erase_range: {
        // RocksDB fails the whole group for a range whose end precedes its
        // begin.
        if (!o.value.empty() && o.value <= o.key)
          break;
        auto end = layout::row_bound(x.shard, o.value);
        Slice bound{end};
        auto set = families_of(o.key, o.value);
        for (size_t i = 0; i < family_count; ++i)
          if (contains(set, static_cast<family>(i)))
            batch.DeleteRange(families[i], SliceParts{key, 2},
                              SliceParts{&bound, 1});
        break;
      }
    }
  }
}

group_writer::group_writer(::rocksdb::DB& db,
                           std::vector<::rocksdb::ColumnFamilyHandle*> families,
                           shard_heads heads, bounds most,
                           std::shared_ptr<commit_figures> figures)
    : db_(db), families_(std::move(families)),
      group_bytes_max_(most.group_bytes), commit_bytes_max_(most.commit_bytes),
      figures_(std::move(figures)), heads_(std::move(heads)),
      durable_feed_(heads_.feed_ends.size()) {
  for (size_t i = 0; i < durable_feed_.size(); ++i)
    durable_feed_[i] = heads_.feed_ends[i];
  // Made now: under the lock nobody should wait for memory.
  for (size_t i = 0; i < group_writer_detail::spares_max; ++i)
    spares_.push_back(new_group());
  thread_ = std::thread([this] { run(); });
}

group_writer::~group_writer() {
  {
    std::lock_guard guard{mutex_};
    stop_ = true;
  }
  ready_.notify_one();
  thread_.join();
}

/// For `bytes` more encoded bytes.
group_writer::group& group_writer::open_group(size_t bytes) {
  auto fits = [&](const group& x) {
    return x.bytes < group_bytes_max_ && x.encoded + bytes <= x.room;
  };
  if (!waiting_.empty() && fits(*waiting_.back()))
    return *waiting_.back();
  if (spares_.empty()) {
    waiting_.push_back(new_group());
    return *waiting_.back();
  }
  waiting_.push_back(std::move(spares_.back()));
  spares_.pop_back();
  return *waiting_.back();
}

std::unique_ptr<group_writer::group> group_writer::new_group() const {
  using namespace group_writer_detail;
  return std::make_unique<group>(
      std::min(group_bytes_max_, group_room_max) + 2 * shared_bytes_max, true);
}

// A busy writer finds the next group by itself: saves a system call.
void group_writer::wake(std::unique_lock<std::mutex>& lock) {
  bool asleep = std::exchange(idle_, false);
  lock.unlock();
  if (asleep)
    ready_.notify_one();
}

void group_writer::submit(commit what, std::function<void(outcome)> finished) {
  auto since = std::chrono::steady_clock::now();
  auto bytes = size_of(what);
  auto encoded = group_writer_detail::encoded_bytes(what);
  bool fits = bytes <= commit_bytes_max_;
  // Before the lock, because there may be no memory for it.
  std::unique_ptr<group> own;
  if (fits && encoded > group_writer_detail::shared_bytes_max)
    own = std::make_unique<group>(encoded);
  std::unique_lock lock{mutex_};
  bool alone = own != nullptr;
  if (alone)
    waiting_.push_back(std::move(own));
  auto& into = alone ? *waiting_.back() : open_group(fits ? encoded : 0);
  ++count_.commits;
  if (!count_.failure.empty()) {
    into.add(std::move(finished), {outcome::unavailable, count_.failure});
  } else if (what.shard >= heads_.epochs.size()) {
    auto no = check_shard(what.shard, uint32_t(heads_.epochs.size()));
    into.add(std::move(finished), {outcome::unavailable, no->message});
  } else if (bytes > commit_bytes_max_) {
    ++count_.refused;
    into.add(std::move(finished),
             {outcome::refused, "the commit is larger than the store takes"});
  } else if (what.epoch < heads_.epochs[what.shard]) {
    ++count_.fenced;
    into.add(std::move(finished), outcome::fenced);
  } else {
    into.encode_whole(what, families_);
    into.add(std::move(finished), outcome::ok, since);
    if (!what.feed.empty())
      into.feed(what.shard, ++heads_.feed_ends[what.shard], what.feed);
    into.bytes += bytes;
    into.encoded += encoded;
    count_.bytes_waiting += bytes;
  }
  wake(lock);
}

result<uint64_t> group_writer::acquire(uint32_t shard, std::string_view owner) {
  std::promise<outcome> written;
  auto answer = written.get_future();
  std::unique_lock lock{mutex_};
  if (auto no = check_shard(shard, uint32_t(heads_.epochs.size())))
    return *no;
  auto& into = open_group(owner.size() + 64);
  auto epoch = heads_.epochs[shard];
  outcome how = outcome::ok;
  if (!count_.failure.empty()) {
    how = {outcome::unavailable, count_.failure};
  } else {
    epoch = ++heads_.epochs[shard];
    into.batch.Put(families_[static_cast<size_t>(family::state)],
                   layout::epoch_key(shard),
                   layout::epoch_record(epoch, owner));
  }
  into.add([&written](outcome x) { written.set_value(x); }, how);
  wake(lock);
  if (answer.get() != outcome::ok)
    return failure{errc::unavailable,
                   "shard " + std::to_string(shard)
                       + " cannot be acquired: " + count().failure};
  return epoch;
}

void group_writer::flush() {
  std::promise<void> reached;
  std::unique_lock lock{mutex_};
  open_group(0).add([&reached](outcome) { reached.set_value(); }, outcome::ok);
  wake(lock);
  reached.get_future().wait();
}

std::string group_writer::fail(std::string why) {
  std::lock_guard guard{mutex_};
  if (count_.failure.empty())
    count_.failure = std::move(why);
  return count_.failure;
}

group_writer::counters group_writer::count() const {
  std::lock_guard guard{mutex_};
  return count_;
}

void group_writer::run() {
  pthread_setname_np(pthread_self(), "store writer");
  // It answers everybody's commits: no callback may read here.
  deciding_thread::mark_for_ever();
  // Its counters cost a call each, and nobody reads them.
  ::rocksdb::SetPerfLevel(::rocksdb::PerfLevel::kDisable);
  std::unique_lock lock{mutex_};
  for (;;) {
    while (waiting_.empty() && !stop_) {
      idle_ = true;
      if (late_.empty()) {
        ready_.wait(lock);
        continue;
      }
      ready_.wait_for(lock, group_writer_detail::late_pause);
      lock.unlock();
      for (auto& x : std::exchange(late_, {}))
        finish(x.finished, x.what);
      lock.lock();
    }
    idle_ = false;
    if (waiting_.empty())
      return;
    auto work = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    write(*work);
    work->clear();
    lock.lock();
    if (work->shared && spares_.size() < group_writer_detail::spares_max)
      spares_.push_back(std::move(work));
  }
}

// The callback posts a message. When there is no memory for that it is called
// again later: nobody else can tell the submitter.
void group_writer::finish(const std::function<void(outcome)>& told,
                          const outcome& what) {
  try {
    told(what);
  } catch (const std::exception&) {
    late_.push_back({told, what});
  }
}

void group_writer::count(const group& work) {
  auto now = std::chrono::steady_clock::now();
  size_t commits = 0;
  for (auto& x : work.answers) {
    if (x.what != outcome::ok || x.since == group::instant{})
      continue;
    ++commits;
    figures_->seconds.add(std::chrono::duration<double>(now - x.since).count());
  }
  if (commits > 0)
    figures_->per_write.add(double(commits));
}

void group_writer::write(group& work) {
  outcome how;
  work.close(families_);
  if (work.batch.Count() > 0) {
    std::string failed;
    {
      std::lock_guard guard{mutex_};
      failed = count_.failure;
    }
    if (failed.empty()) {
      ::rocksdb::WriteOptions synced;
      synced.sync = true;
      auto status = db_.Write(synced, &work.batch);
      if (!status.ok())
        failed = fail("the store in '" + db_.GetName()
                      + "' cannot be written: " + status.ToString());
    }
    bool good = failed.empty();
    if (!good)
      how = {outcome::unavailable, std::move(failed)};
    std::lock_guard guard{mutex_};
    count_.bytes_waiting -= work.bytes;
    if (good) {
      for (auto& row : work.feed_rows())
        durable_feed_[row.shard] = row.end;
      ++count_.groups;
      count_.bytes_written += work.batch.GetDataSize();
    }
  }
  if (figures_ && how == outcome::ok)
    count(work);
  for (auto& x : work.answers)
    if (x.finished)
      finish(x.finished, x.what == outcome::ok ? how : x.what);
  if (how == outcome::ok)
    for (auto& row : work.feed_rows())
      listeners_.tell(row.shard, row.end);
}

} // namespace tutti::storage
