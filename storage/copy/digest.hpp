#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tutti::storage {

/// What a shard holds. Two shards are equal if and only if their digests are,
/// as far as SHA-256 tells.
class digest {
 public:
  /// Rows in the order of their keys.
  void add(std::string_view key, std::string_view value);

  uint64_t rows() const { return rows_; }
  uint64_t bytes() const { return bytes_; } ///< of keys and values
  /// 64 hexadecimal digits.
  std::string text() const;

  friend bool operator==(const digest& a, const digest& b) {
    return a.rows_ == b.rows_ && a.text() == b.text();
  }

 private:
  void fold();

  uint64_t rows_ = 0, bytes_ = 0;
  /// The hash of all folded blocks, and the block that fills.
  std::string block_;
};

} // namespace tutti::storage
