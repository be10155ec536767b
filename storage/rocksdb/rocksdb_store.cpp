#include "storage/rocksdb/rocksdb_store.hpp"

#include "messages/model/deciding_thread.hpp"
#include "messages/model/threads/work_pool.hpp"
#include "storage/keys.hpp"
#include "storage/rocksdb/damage_listener.hpp"
#include "storage/rocksdb/families.hpp"
#include "storage/rocksdb/group_writer.hpp"
#include "storage/rocksdb/layout.hpp"
#include "storage/rocksdb/log_recovery.hpp"
#include "storage/rocksdb/options.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>

#include <algorithm>
#include <filesystem>

namespace tutti::storage {

namespace rocksdb_store_detail {

using ::rocksdb::Slice;
using ::rocksdb::Status;

using handles = std::vector<::rocksdb::ColumnFamilyHandle*>;

failure refuse(errc code, const std::string& path, const std::string& why) {
  return failure{code, "store '" + path + "' was not opened: " + why};
}

/// Refuse a database with unknown families: its data would be lost.
std::optional<failure>
check_families(const std::string& path,
               const std::vector<::rocksdb::ColumnFamilyDescriptor>& ours,
               const ::rocksdb::DBOptions& options) {
  std::error_code ignored;
  if (!std::filesystem::exists(path + "/CURRENT", ignored))
    return std::nullopt;
  std::vector<std::string> there;
  auto status = ::rocksdb::DB::ListColumnFamilies(options, path, &there);
  if (!status.ok())
    return refuse(errc::unavailable, path, status.ToString());
  for (const auto& name : there)
    if (std::none_of(ours.begin(), ours.end(),
                     [&](const auto& x) { return x.name == name; }))
      return refuse(errc::invalid, path,
                    "it holds a column family '" + name
                        + "', so it was made by a newer version of Tutti or "
                          "by another program");
  return std::nullopt;
}

failure explain(const std::string& path, const Status& status) {
  auto text = status.ToString();
  if (status.IsIOError()
      && (text.find("While lock file") != std::string::npos
          || text.find("lock hold by") != std::string::npos))
    return refuse(errc::conflict, path,
                  "it is in use by another process, and one directory serves "
                  "one node");
  return refuse(errc::unavailable, path, text);
}

bool holds_anything(::rocksdb::DB& db, const handles& families) {
  return std::any_of(families.begin(), families.end(), [&](auto* x) {
    std::unique_ptr<::rocksdb::Iterator> at{db.NewIterator({}, x)};
    at->SeekToFirst();
    return at->Valid() || !at->status().ok();
  });
}

/// Writes the format record of a new store, or checks an existing one.
std::optional<failure> check_format(::rocksdb::DB& db, const handles& families,
                                    const std::string& path, uint32_t shards) {
  std::string record;
  auto status = db.Get({}, layout::format_key(), &record);
  if (status.IsNotFound()) {
    if (holds_anything(db, families))
      return refuse(errc::invalid, path,
                    "it holds data without a format record, so it is not a "
                    "store of Tutti");
    ::rocksdb::WriteOptions synced;
    synced.sync = true;
    status
        = db.Put(synced, layout::format_key(), layout::format_record(shards));
    if (!status.ok())
      return refuse(errc::unavailable, path, status.ToString());
    return std::nullopt;
  }
  if (!status.ok())
    return refuse(errc::unavailable, path, status.ToString());
  auto made_with = layout::shards_of_format(record);
  if (!made_with)
    return refuse(errc::invalid, path, made_with.failure().message);
  if (*made_with != shards)
    return refuse(errc::invalid, path,
                  "it was made with " + std::to_string(*made_with)
                      + " shards and is asked for with "
                      + std::to_string(shards)
                      + "; the number is fixed when a store is made");
  return std::nullopt;
}

result<std::vector<uint64_t>> read_epochs(::rocksdb::DB& db, uint32_t shards) {
  std::vector<uint64_t> out(shards);
  for (uint32_t i = 0; i < shards; ++i) {
    std::string record;
    auto status = db.Get({}, layout::epoch_key(i), &record);
    if (status.IsNotFound())
      continue;
    if (!status.ok())
      return failure{errc::unavailable, status.ToString()};
    auto epoch = layout::epoch_of(record);
    if (!epoch)
      return std::move(epoch).failure();
    out[i] = *epoch;
  }
  return out;
}

/// The newest row of each shard's feed is never erased.
result<std::vector<uint64_t>>
read_feed_ends(::rocksdb::DB& db, const handles& families, uint32_t shards) {
  std::vector<uint64_t> out(shards);
  std::unique_ptr<::rocksdb::Iterator> at{
      db.NewIterator({}, families[static_cast<size_t>(family_of_kind('f'))])};
  auto prefix_size = std::tuple_size_v<layout::shard_prefix>;
  for (uint32_t i = 0; i < shards; ++i) {
    at->SeekForPrev(layout::row_key(i, keys::feed(UINT64_MAX)));
    if (!at->status().ok())
      return failure{errc::unavailable, at->status().ToString()};
    if (!at->Valid() || !at->key().starts_with(layout::row_key(i, {})))
      continue;
    auto key = at->key().ToStringView().substr(prefix_size);
    out[i] = keys::read_feed(key).value_or(0);
  }
  return out;
}

std::string_view view(Slice x) { return {x.data(), x.size()}; }

std::string_view without_prefix(Slice x) {
  return view(x).substr(std::tuple_size_v<layout::shard_prefix>);
}

uint64_t bytes_below(const std::string& path) {
  uint64_t sum = 0;
  std::error_code ignored;
  for (std::filesystem::directory_iterator at{path, ignored}, end; at != end;
       at.increment(ignored)) {
    auto bytes = at->file_size(ignored);
    if (!ignored)
      sum += bytes;
  }
  return sum;
}

} // namespace rocksdb_store_detail

struct rocksdb_store::impl {
  ~impl() {
    // A compaction under way ends early, and is none.
    if (db)
      db->DisableManualCompaction();
    compactor.reset();
    writer.reset();
    if (damage)
      damage->stop();
    for (auto* x : families)
      db->DestroyColumnFamilyHandle(x);
    if (db)
      db->Close().PermitUncheckedError();
  }

  failure unreadable(const ::rocksdb::Status& status) const {
    if (!status.IsCorruption())
      return {errc::unavailable,
              "store '" + path + "' cannot be read: " + status.ToString()};
    auto sentence = "store '" + path + "' is damaged: " + status.ToString();
    damage->note(sentence);
    return {errc::internal, std::move(sentence)};
  }

  /// Adds rows of one part of a range; returns whether to continue with the
  /// next.
  template <bool forward>
  result<bool> add(page& to_page, uint32_t shard, const family_range& piece,
                   const ::rocksdb::Snapshot* moment,
                   const page_bounds& most) const {
    namespace d = rocksdb_store_detail;
    auto from = layout::row_key(shard, piece.from);
    auto to = layout::row_bound(shard, piece.to);
    d::Slice lower{from};
    d::Slice upper{to};
    ::rocksdb::ReadOptions how;
    how.snapshot = moment;
    how.iterate_lower_bound = &lower;
    how.iterate_upper_bound = &upper;
    std::unique_ptr<::rocksdb::Iterator> at{
        db->NewIterator(how, families[static_cast<size_t>(piece.where)])};
    if constexpr (forward)
      at->SeekToFirst();
    else
      at->SeekToLast();
    for (; at->Valid(); forward ? at->Next() : at->Prev()) {
      auto key = d::without_prefix(at->key());
      if (to_page.full(most)) {
        to_page.end_before(key, !forward);
        return false;
      }
      to_page.add(key, d::view(at->value()));
    }
    if (!at->status().ok())
      return unreadable(at->status());
    return true;
  }

  template <bool forward>
  result<page> read(uint32_t shard, const key_range& which,
                    const page_bounds& most) const {
    auto pieces = split(which.from, which.to);
    if constexpr (!forward)
      std::reverse(pieces.begin(), pieces.end());
    // Several families need several iterators: the snapshot shows all of them
    // one moment.
    struct release {
      ::rocksdb::DB* db;
      void operator()(const ::rocksdb::Snapshot* x) { db->ReleaseSnapshot(x); }
    };
    std::unique_ptr<const ::rocksdb::Snapshot, release> moment{
        pieces.size() > 1 ? db->GetSnapshot() : nullptr, release{db.get()}};
    page out;
    for (const auto& piece : pieces) {
      auto more = add<forward>(out, shard, piece, moment.get(), most);
      if (!more)
        return std::move(more).failure();
      if (!*more)
        break;
    }
    return out;
  }

  result<done> compact(uint32_t shard, std::string_view from,
                       std::string_view to) const {
    namespace d = rocksdb_store_detail;
    ::rocksdb::CompactRangeOptions how;
    how.exclusive_manual_compaction = false;
    how.max_subcompactions = 1;
    // A file may hold nothing but what was erased since it was written.
    how.bottommost_level_compaction
        = ::rocksdb::BottommostLevelCompaction::kForceOptimized;
    auto begin = layout::row_key(shard, from);
    auto end = layout::row_bound(shard, to);
    d::Slice first{begin}, last{end};
    // The log holds what was erased, too, and goes when all families are
    // written.
    if (auto flushed = db->Flush(::rocksdb::FlushOptions(), families);
        !flushed.ok())
      return failure{errc::unavailable,
                     "store '" + path
                         + "' was not compacted: " + flushed.ToString()};
    auto touched = families_of(from, to);
    for (size_t i = 0; i < family_count; ++i) {
      if (!contains(touched, static_cast<family>(i)))
        continue;
      auto status = db->CompactRange(how, families[i], &first, &last);
      if (!status.ok())
        return failure{errc::unavailable,
                       "store '" + path
                           + "' was not compacted: " + status.ToString()};
    }
    return done{};
  }

  std::string path;
  uint32_t shards = 0;
  size_t commit_bytes_max = 0;
  std::shared_ptr<::rocksdb::Cache> cache;
  size_t cache_bytes = 0;
  std::unique_ptr<::rocksdb::DB> db;
  std::vector<::rocksdb::ColumnFamilyHandle*> families;
  std::shared_ptr<damage_listener> damage;
  std::unique_ptr<group_writer> writer;
  /// One range of each shard may wait.
  std::unique_ptr<work_pool> compactor;
};

rocksdb_store::rocksdb_store(std::unique_ptr<impl> state)
    : impl_(std::move(state)) {}

rocksdb_store::~rocksdb_store() = default;

result<std::unique_ptr<rocksdb_store>>
rocksdb_store::open(const std::string& path, const settings& how) {
  namespace d = rocksdb_store_detail;
  if (how.shards == 0 || how.shards > layout::shards_max)
    return d::refuse(errc::invalid, path,
                     "a store has 1 to " + std::to_string(layout::shards_max)
                         + " shards, not " + std::to_string(how.shards));
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error)
    return d::refuse(errc::unavailable, path,
                     "its directory cannot be made: " + error.message());
  auto options = database_options(how);
  auto cache = ::rocksdb::NewLRUCache(how.cache_bytes);
  auto descriptors = family_descriptors(how, cache);
  if (auto why = d::check_families(path, descriptors, options))
    return *why;
  auto lost = check_logs(path, options, descriptors, how.accept_loss);
  if (!lost)
    return d::refuse(lost.failure().code, path, lost.failure().message);
  if (*lost && how.told)
    how.told("store '" + path + "': " + **lost);

  auto state = std::make_unique<impl>();
  state->cache = cache;
  state->cache_bytes = how.cache_bytes;
  state->damage = std::make_shared<damage_listener>(how.told);
  options.listeners.push_back(state->damage);
  state->path = path;
  state->shards = how.shards;
  ::rocksdb::DB* db = nullptr;
  auto status
      = ::rocksdb::DB::Open(options, path, descriptors, &state->families, &db);
  if (!status.ok())
    return d::explain(path, status);
  state->db.reset(db);
  state->damage->families(state->families);
  if (auto why = d::check_format(*db, state->families, path, how.shards))
    return *why;
  auto epochs = d::read_epochs(*db, how.shards);
  if (!epochs)
    return d::refuse(epochs.failure().code, path, epochs.failure().message);
  auto feed_ends = d::read_feed_ends(*db, state->families, how.shards);
  if (!feed_ends)
    return d::refuse(feed_ends.failure().code, path,
                     feed_ends.failure().message);
  state->writer = std::make_unique<group_writer>(
      *db, state->families,
      group_writer::shard_heads{*std::move(epochs), *std::move(feed_ends)},
      group_writer::bounds{how.group_bytes_max, how.commit_bytes_max},
      how.figures);
  state->commit_bytes_max = how.commit_bytes_max;
  state->compactor = std::make_unique<work_pool>(1, how.shards, "compactor");
  return std::unique_ptr<rocksdb_store>{new rocksdb_store{std::move(state)}};
}

result<uint32_t> rocksdb_store::shards_of(const std::string& path) {
  auto none = [&](const std::string& why) {
    return failure{errc::not_found,
                   "there is no store of Tutti in '" + path + "': " + why};
  };
  std::error_code ignored;
  if (!std::filesystem::exists(path + "/CURRENT", ignored))
    return none("it is no directory of RocksDB");
  ::rocksdb::DB* opened = nullptr;
  auto status = ::rocksdb::DB::OpenForReadOnly({}, path, &opened);
  std::unique_ptr<::rocksdb::DB> db{opened};
  std::string record;
  if (status.ok())
    status = db->Get({}, layout::format_key(), &record);
  if (status.IsNotFound())
    return none("it has no format record");
  if (!status.ok())
    return rocksdb_store_detail::explain(path, status);
  return layout::shards_of_format(record);
}

uint32_t rocksdb_store::shards() const { return impl_->shards; }

size_t rocksdb_store::commit_bytes_max() const {
  return impl_->commit_bytes_max;
}

result<uint64_t> rocksdb_store::acquire(uint32_t shard,
                                        std::string_view owner) {
  return impl_->writer->acquire(shard, owner);
}

void rocksdb_store::submit(commit what, std::function<void(outcome)> finished) {
  impl_->writer->submit(std::move(what), std::move(finished));
}

result<std::optional<std::string>>
rocksdb_store::get(uint32_t shard, std::string_view key) const {
  assert_may_wait("a read of the store");
  if (auto no = check_shard(shard, impl_->shards))
    return *no;
  std::optional<std::string> value{std::in_place};
  auto status
      = impl_->db->Get({}, impl_->families[static_cast<size_t>(family_of(key))],
                       layout::row_key(shard, key), &*value);
  if (status.IsNotFound())
    return std::optional<std::string>{};
  if (!status.ok())
    return impl_->unreadable(status);
  return value;
}

result<page> rocksdb_store::read(uint32_t shard, key_range which,
                                 page_bounds most) const {
  assert_may_wait("a read of the store");
  if (auto no = check_shard(shard, impl_->shards))
    return *no;
  return which.backwards ? impl_->read<false>(shard, which, most)
                         : impl_->read<true>(shard, which, most);
}

store::feed_listening rocksdb_store::listen(feed_listener told) {
  return impl_->writer->listen(std::move(told));
}

uint64_t rocksdb_store::feed_end(uint32_t shard) const {
  return impl_->writer->feed_end(shard);
}

void rocksdb_store::flush() { impl_->writer->flush(); }

void rocksdb_store::compact(uint32_t shard, std::string from, std::string to,
                            std::function<void(result<done>)> finished) {
  if (auto no = check_shard(shard, impl_->shards))
    return finished(*no);
  auto work
      = [in = impl_.get(), shard, from = std::move(from), to = std::move(to),
         finished] { finished(in->compact(shard, from, to)); };
  if (!impl_->compactor->submit(std::move(work)))
    finished(failure{errc::too_many, "too many ranges wait to be compacted"});
}

uint64_t rocksdb_store::bytes_on_disk() const {
  return rocksdb_store_detail::bytes_below(impl_->path);
}

void rocksdb_store::save_memory(bool x) {
  impl_->cache->SetCapacity(x ? impl_->cache_bytes / 8 : impl_->cache_bytes);
}

std::vector<std::string> rocksdb_store::damage() const {
  return impl_->damage->noted();
}

rocksdb_store::figures rocksdb_store::statistics() const {
  auto count = impl_->writer->count();
  figures out;
  out.commits = count.commits;
  out.fenced = count.fenced;
  out.refused = count.refused;
  out.groups = count.groups;
  out.bytes_written = count.bytes_written;
  out.bytes_waiting = count.bytes_waiting;
  out.bytes_on_disk = rocksdb_store_detail::bytes_below(impl_->path);
  out.failure = std::move(count.failure);
  return out;
}

} // namespace tutti::storage
