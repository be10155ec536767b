#include "storage/rocksdb/log_recovery.hpp"

#include "storage/keys.hpp"
#include "storage/rocksdb/layout.hpp"
#include "storage/rocksdb/log_check.hpp"

#include <rocksdb/db.h>
#include <rocksdb/wal_filter.h>
#include <rocksdb/write_batch.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>

namespace tutti::storage {

namespace log_recovery_detail {

namespace fs = std::filesystem;

/// Is told from which log on each family needs what is in there; reads nothing.
class log_numbers final : public ::rocksdb::WalFilter {
 public:
  void
  ColumnFamilyLogNumberMap(const std::map<uint32_t, uint64_t>& log_of_family,
                           const std::map<std::string, uint32_t>&) override {
    for (auto& [family, log] : log_of_family)
      first_ = std::min(first_.value_or(log), log);
  }
  WalProcessingOption LogRecordFound(unsigned long long, const std::string&,
                                     const ::rocksdb::WriteBatch&,
                                     ::rocksdb::WriteBatch*, bool*) override {
    return WalProcessingOption::kStopReplay;
  }
  const char* Name() const override { return "log_numbers"; }

  uint64_t first() const { return first_.value_or(0); }

 private:
  std::optional<uint64_t> first_;
};

/// A log whose rows are all in files may still lie there, torn by an earlier
/// crash: nobody reads it.
uint64_t
first_live_log(const std::string& path, ::rocksdb::DBOptions options,
               const std::vector<::rocksdb::ColumnFamilyDescriptor>& families) {
  log_numbers filter;
  options.wal_filter = &filter;
  options.create_if_missing = false;
  std::vector<::rocksdb::ColumnFamilyHandle*> handles;
  ::rocksdb::DB* db = nullptr;
  auto status
      = ::rocksdb::DB::OpenForReadOnly(options, path, families, &handles, &db);
  std::unique_ptr<::rocksdb::DB> open(db);
  if (open)
    for (auto* x : handles)
      open->DestroyColumnFamilyHandle(x);
  status.PermitUncheckedError();
  return filter.first();
}

/// What records held, by execution.
class inventory final : public ::rocksdb::WriteBatch::Handler {
 public:
  void add(const std::string& batch) {
    ::rocksdb::WriteBatch(batch).Iterate(this).PermitUncheckedError();
  }

  ::rocksdb::Status PutCF(uint32_t, const ::rocksdb::Slice& key,
                          const ::rocksdb::Slice&) override {
    auto prefix = std::tuple_size_v<layout::shard_prefix>;
    auto row = key.ToStringView();
    if (row.size() <= prefix)
      return ::rocksdb::Status::OK();
    row.remove_prefix(prefix);
    if (auto event = keys::read_event(row))
      note(event->id, uint64_t(event->revision));
    else if (row[0] == 'm')
      ++definitions_;
    else
      ++others_;
    return ::rocksdb::Status::OK();
  }
  ::rocksdb::Status DeleteCF(uint32_t, const ::rocksdb::Slice&) override {
    ++others_;
    return ::rocksdb::Status::OK();
  }
  ::rocksdb::Status DeleteRangeCF(uint32_t, const ::rocksdb::Slice&,
                                  const ::rocksdb::Slice&) override {
    ++others_;
    return ::rocksdb::Status::OK();
  }
  void LogData(const ::rocksdb::Slice&) override {}

  size_t executions() const { return executions_.size(); }

  void write(std::ostream& to) const {
    for (auto& [id, revisions] : executions_) {
      to << "execution " << id;
      if (revisions.first == 1)
        to << ": lost as a whole (revisions 1 to " << revisions.last << ")\n";
      else
        to << ": revisions " << revisions.first << " to " << revisions.last
           << "\n";
    }
    to << definitions_ << " registered definitions\n"
       << others_ << " other rows (queues, timers, lists)\n";
  }

 private:
  struct range {
    uint64_t first, last;
  };

  void note(const std::string& id, uint64_t revision) {
    auto& x
        = executions_.try_emplace(id, range{revision, revision}).first->second;
    x.first = std::min(x.first, revision);
    x.last = std::max(x.last, revision);
  }

  std::map<std::string, range> executions_;
  size_t definitions_ = 0, others_ = 0;
};

void sync(const fs::path& what) {
  int file = ::open(what.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return;
  ::fsync(file);
  ::close(file);
}

fs::path new_directory(const fs::path& below) {
  for (int i = 1;; ++i)
    if (auto out = below / ("lost-" + std::to_string(i));
        fs::create_directory(out))
      return out;
}

/// Keeps the logs aside, and cuts them where the damage begins.
fs::path give_up(const std::string& path, const log_damage& what,
                 const inventory& lost) {
  auto aside = new_directory(path);
  auto logs = logs_of(path, what.number);
  for (auto& [number, file] : logs)
    fs::copy_file(file, aside / fs::path(file).filename());
  std::ofstream list(aside / "lost.txt");
  list << what.file << " is damaged at byte " << what.offset << ". Behind it "
       << what.records_behind
       << " groups of commits were whole; they held, and this node went on "
          "without:\n";
  lost.write(list);
  list << "The damaged group itself cannot be read.\n";
  list.close();
  for (auto& x : fs::directory_iterator(aside))
    sync(x.path());
  sync(aside);
  for (auto& [number, file] : logs)
    if (number > what.number)
      fs::remove(file);
  fs::resize_file(what.file, what.offset);
  sync(what.file);
  sync(path);
  return aside;
}

} // namespace log_recovery_detail

result<std::optional<std::string>>
check_logs(const std::string& path, const ::rocksdb::DBOptions& options,
           const std::vector<::rocksdb::ColumnFamilyDescriptor>& families,
           bool accept_loss) {
  using namespace log_recovery_detail;
  auto found = find_log_damage(path, 0, {});
  if (!found)
    return std::move(found).failure();
  if (!*found)
    return std::optional<std::string>();
  inventory lost;
  found = find_log_damage(path, first_live_log(path, options, families),
                          [&](const std::string& x) { lost.add(x); });
  if (!found)
    return std::move(found).failure();
  if (!*found)
    return std::optional<std::string>();
  auto& what = **found;
  auto sentence = "its log " + what.file + " is damaged at byte "
                  + std::to_string(what.offset) + ", and "
                  + std::to_string(what.records_behind)
                  + " whole groups of acknowledged commits stand behind that "
                    "(changes of "
                  + std::to_string(lost.executions()) + " executions)";
  if (!accept_loss)
    return failure{errc::unavailable,
                   sentence
                       + ". Restore the file from a copy, or start once with "
                         "--accept-loss to go on without them: the logs and a "
                         "list of what is lost are kept"};
  try {
    auto aside = give_up(path, what, lost);
    return std::optional(sentence
                         + ": they are given up. The logs and the "
                           "list of what is lost are in "
                         + aside.string());
  } catch (const std::exception& e) {
    return failure{errc::unavailable,
                   sentence + ", and " + std::string(e.what())};
  }
}

} // namespace tutti::storage
