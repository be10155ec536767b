#pragma once

#include <atomic>
#include <cstddef>

namespace tutti::storage::postgres {

/// Bytes of commits that are not answered yet, of all lanes.
class byte_budget {
 public:
  explicit byte_budget(size_t most) : most_(most) {}

  /// False: there is no room. One alone always has room.
  bool take(size_t bytes) {
    auto before = used_.fetch_add(bytes);
    if (before == 0 || before + bytes <= most_)
      return true;
    used_ -= bytes;
    return false;
  }
  void give_back(size_t bytes) { used_ -= bytes; }

  size_t used() const { return used_; }
  size_t most() const { return most_; }

 private:
  const size_t most_;
  std::atomic<size_t> used_{0};
};

} // namespace tutti::storage::postgres
