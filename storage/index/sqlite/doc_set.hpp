#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tutti::index {

/// Numbers of executions, a bit each: a million of them are 128 KiB, and are
/// counted and intersected in microseconds.
class doc_set {
 public:
  void add(int64_t doc);
  bool holds(int64_t doc) const {
    auto word = uint64_t(doc) >> 6;
    return word < words_.size() && (words_[word] >> (doc & 63) & 1) != 0;
  }
  size_t count() const;

  void keep(const doc_set& those); ///< of both
  void add(const doc_set& those);

  /// "[3,7]"
  std::string as_json() const;

 private:
  std::vector<uint64_t> words_;
};

} // namespace tutti::index
