#pragma once

#include "messages/model/result.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tutti::storage {

// The write-ahead logs of a closed database. RocksDB's recovery ends at the
// first damaged record without a word; these find out what is behind it.
//
// A group of commits is one record, synced before the next one is written. So
// a damaged record with nothing behind it was never acknowledged, or may be
// taken for that: a torn tail. A damaged record with a whole one behind it was
// acknowledged, and so were those behind it.

/// Blocks of 32 KiB; a record is one or several fragments:
///   checksum(4) length(2) type(1) bytes
class log_reader {
 public:
  /// `bytes`: a whole file.
  explicit log_reader(std::string_view bytes) : bytes_(bytes) {}

  /// The next whole record; nullopt: there is none behind `damaged`, or the
  /// file has ended.
  std::optional<std::string> next();
  /// Where the first damage is, once it was met.
  std::optional<uint64_t> damaged() const { return damaged_; }
  /// Goes on behind the damage, at the next record that begins there. False:
  /// no record begins there.
  bool resume();

 private:
  enum class type : uint8_t { full = 1, first, middle, last };
  struct fragment {
    type what;
    std::string_view bytes;
    uint64_t end;
  };
  std::optional<fragment> read(uint64_t at) const;
  bool begins_record(uint64_t at) const;
  void skip_trailer();
  std::nullopt_t stop(uint64_t at);

  std::string_view bytes_;
  uint64_t at_ = 0;
  std::optional<uint64_t> damaged_;
  uint64_t broken_at_ = 0; ///< where reading stopped
};

struct log_damage {
  std::string file; ///< its path
  uint64_t offset = 0;
  size_t records_behind = 0;
  uint64_t number = 0; ///< of the log
};

/// Called for each whole record behind the damage: a batch of RocksDB.
using lost_record = std::function<void(const std::string& batch)>;

/// The first damage that is no torn tail, in the logs from this number on.
result<std::optional<log_damage>> find_log_damage(const std::string& directory,
                                                  uint64_t first_log,
                                                  const lost_record& lost);

/// Paths of the logs from this number on, in order.
std::vector<std::pair<uint64_t, std::string>>
logs_of(const std::string& directory, uint64_t first_log);

} // namespace tutti::storage
