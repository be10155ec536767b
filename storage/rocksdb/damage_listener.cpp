#include "storage/rocksdb/damage_listener.hpp"

#include <rocksdb/db.h>

namespace tutti::storage {

damage_listener::~damage_listener() { stop(); }

void damage_listener::note(std::string sentence) {
  {
    std::lock_guard guard{mutex_};
    if (noted_.size() >= noted_max || !noted_.insert(sentence).second)
      return;
  }
  if (told_)
    told_(sentence);
}

std::vector<std::string> damage_listener::noted() const {
  std::lock_guard guard{mutex_};
  return {noted_.begin(), noted_.end()};
}

void damage_listener::families(
    std::vector<::rocksdb::ColumnFamilyHandle*> all) {
  std::lock_guard guard{mutex_};
  families_ = std::move(all);
}

void damage_listener::stop() {
  std::vector<std::thread> left;
  {
    std::lock_guard guard{mutex_};
    stopped_ = true;
    left.swap(pausing_);
  }
  for (auto& x : left)
    x.join();
}

void damage_listener::OnBackgroundError(::rocksdb::BackgroundErrorReason reason,
                                        ::rocksdb::Status* status) {
  if (reason != ::rocksdb::BackgroundErrorReason::kCompaction
      || !status->IsCorruption())
    return;
  note("a file of the store is damaged, found while files were merged: "
       + status->ToString());
  *status = ::rocksdb::Status::OK();
}

void damage_listener::OnCompactionCompleted(
    ::rocksdb::DB* db, const ::rocksdb::CompactionJobInfo& x) {
  if (!x.status.IsCorruption())
    return;
  std::lock_guard guard{mutex_};
  if (stopped_ || paused_.contains(x.cf_id))
    return;
  for (auto* family : families_)
    if (family->GetID() == x.cf_id) {
      paused_.insert(x.cf_id);
      pause(db, family);
    }
}

// It would fail again every second. Aside, because this is the thread of the
// compaction.
void damage_listener::pause(::rocksdb::DB* db,
                            ::rocksdb::ColumnFamilyHandle* family) {
  pausing_.emplace_back([db, family] {
    db->SetOptions(family, {{"disable_auto_compactions", "true"}})
        .PermitUncheckedError();
  });
}

} // namespace tutti::storage
