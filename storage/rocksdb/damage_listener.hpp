#pragma once

#include <rocksdb/listener.h>

#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace tutti::storage {

/// A damaged file fails the reads that need it, and no others: RocksDB would
/// take no more writes as soon as it comes upon one while it compacts. Here the
/// family goes on without compactions, and the damage is told.
class damage_listener final : public ::rocksdb::EventListener {
 public:
  explicit damage_listener(std::function<void(const std::string&)> told)
      : told_(std::move(told)) {}
  ~damage_listener() override;

  /// Tells a damage once.
  void note(std::string sentence);
  std::vector<std::string> noted() const;
  /// Before the database is closed.
  void stop();

  void OnBackgroundError(::rocksdb::BackgroundErrorReason reason,
                         ::rocksdb::Status* status) override;
  void OnCompactionCompleted(::rocksdb::DB* db,
                             const ::rocksdb::CompactionJobInfo& x) override;

  static const char* kClassName() { return "damage_listener"; }
  const char* Name() const override { return kClassName(); }

 private:
  void pause(::rocksdb::DB* db, ::rocksdb::ColumnFamilyHandle* family);

 public:
  /// The handles of the open database, to name a family by its id.
  void families(std::vector<::rocksdb::ColumnFamilyHandle*> all);

 private:
  static constexpr size_t noted_max = 20;

  std::function<void(const std::string&)> told_;
  mutable std::mutex mutex_;
  std::set<std::string> noted_;
  std::set<uint32_t> paused_;
  std::vector<::rocksdb::ColumnFamilyHandle*> families_;
  std::vector<std::thread> pausing_; ///< at most one per family
  bool stopped_ = false;
};

} // namespace tutti::storage
