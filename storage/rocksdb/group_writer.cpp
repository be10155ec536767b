#include "storage/rocksdb/group_writer.hpp"

#include "storage/rocksdb/families.hpp"
#include "storage/rocksdb/layout.hpp"

#include <rocksdb/db.h>
#include <rocksdb/perf_level.h>
#include <rocksdb/write_batch.h>

#include <pthread.h>

#include <future>

namespace tutti::storage {

namespace group_writer_detail {

/// RocksDB counts key and value lengths in 32 bits; a commit beyond this is a
/// bug of the caller and must not end as half a batch.
constexpr size_t commit_bytes_max = 1u << 30;

/// What RocksDB puts around an operation, roughly.
constexpr size_t operation_overhead = 16;

/// What a group keeps of its memory for the next one.
constexpr size_t reserve_bytes = 256 << 10;

size_t size_of(const batch& operations) {
  size_t bytes = 0;
  for (const auto& x : operations)
    bytes += x.key.size() + x.value.size() + operation_overhead;
  return bytes;
}

} // namespace group_writer_detail

struct group_writer::group {
  struct answer {
    std::function<void(outcome)> finished;
    outcome what;
  };

  group() : batch(group_writer_detail::reserve_bytes) { answers.reserve(256); }

  void add(std::function<void(outcome)> finished, outcome what) {
    answers.push_back({std::move(finished), what});
  }

  void encode(const commit& x,
              const std::vector<::rocksdb::ColumnFamilyHandle*>& families);

  void clear() {
    batch.Clear();
    answers.clear();
    bytes = 0;
  }

  ::rocksdb::WriteBatch batch;
  std::vector<answer> answers;
  size_t bytes = 0;
};

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
        // RocksDB fails the whole group for a range that ends before it begins.
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
                           std::vector<uint64_t> epochs, size_t group_bytes_max)
    : db_(db), families_(std::move(families)),
      group_bytes_max_(group_bytes_max), epochs_(std::move(epochs)),
      thread_([this] { run(); }) {}

group_writer::~group_writer() {
  {
    std::lock_guard guard{mutex_};
    stop_ = true;
  }
  ready_.notify_one();
  thread_.join();
}

group_writer::group& group_writer::open_group() {
  if (waiting_.empty() || waiting_.back()->bytes >= group_bytes_max_)
    waiting_.push_back(spare_ ? std::move(spare_) : std::make_unique<group>());
  return *waiting_.back();
}

// A busy writer looks for the next group itself: a system call saved.
void group_writer::wake(std::unique_lock<std::mutex>& lock) {
  bool asleep = std::exchange(idle_, false);
  lock.unlock();
  if (asleep)
    ready_.notify_one();
}

void group_writer::submit(commit what, std::function<void(outcome)> finished) {
  auto bytes = group_writer_detail::size_of(what.operations);
  std::unique_lock lock{mutex_};
  auto& into = open_group();
  ++count_.commits;
  if (!count_.failure.empty() || what.shard >= epochs_.size()
      || bytes > group_writer_detail::commit_bytes_max) {
    into.add(std::move(finished), outcome::unavailable);
  } else if (what.epoch < epochs_[what.shard]) {
    ++count_.fenced;
    into.add(std::move(finished), outcome::fenced);
  } else {
    into.add(std::move(finished), outcome::ok);
    into.encode(what, families_);
    into.bytes += bytes;
    count_.bytes_waiting += bytes;
  }
  wake(lock);
}

result<uint64_t> group_writer::acquire(uint32_t shard, std::string_view owner) {
  std::promise<outcome> written;
  auto answer = written.get_future();
  std::unique_lock lock{mutex_};
  if (shard >= epochs_.size())
    return failure{errc::invalid, "shard " + std::to_string(shard)
                                      + " is not one of the store's "
                                      + std::to_string(epochs_.size())};
  auto& into = open_group();
  auto epoch = epochs_[shard];
  auto how = outcome::unavailable;
  if (count_.failure.empty()) {
    how = outcome::ok;
    epoch = ++epochs_[shard];
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
  open_group().add([&reached](outcome) { reached.set_value(); }, outcome::ok);
  wake(lock);
  reached.get_future().wait();
}

void group_writer::fail(std::string why) {
  std::lock_guard guard{mutex_};
  if (count_.failure.empty())
    count_.failure = std::move(why);
}

group_writer::counters group_writer::count() const {
  std::lock_guard guard{mutex_};
  return count_;
}

void group_writer::run() {
  pthread_setname_np(pthread_self(), "store writer");
  // Its counters cost a call each, and nobody reads them.
  ::rocksdb::SetPerfLevel(::rocksdb::PerfLevel::kDisable);
  std::unique_lock lock{mutex_};
  for (;;) {
    while (waiting_.empty() && !stop_) {
      idle_ = true;
      ready_.wait(lock);
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
    spare_ = std::move(work);
  }
}

void group_writer::write(group& work) {
  auto how = outcome::ok;
  if (work.batch.Count() > 0) {
    bool failed;
    {
      std::lock_guard guard{mutex_};
      failed = !count_.failure.empty();
    }
    if (!failed) {
      ::rocksdb::WriteOptions synced;
      synced.sync = true;
      auto status = db_.Write(synced, &work.batch);
      if (!status.ok())
        fail("writing failed: " + status.ToString());
      failed = !status.ok();
    }
    if (failed)
      how = outcome::unavailable;
    std::lock_guard guard{mutex_};
    count_.bytes_waiting -= work.bytes;
    if (!failed) {
      ++count_.groups;
      count_.bytes_written += work.batch.GetDataSize();
    }
  }
  for (auto& x : work.answers)
    if (x.finished)
      x.finished(x.what == outcome::ok ? how : x.what);
}

} // namespace tutti::storage
