#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tutti::storage {

/// Keys with from <= key < to; an empty `to` is the end of the shard.
struct key_range {
  std::string_view from, to;
  bool backwards = false; ///< from the greatest key down
};

/// Where a page ends. It holds one row at least, however large.
struct page_bounds {
  size_t rows = 1'000;
  size_t bytes = 1 << 20; ///< of keys and values
};

/// The first rows of a range, all of one moment.
class page {
 public:
  struct row {
    std::string_view key, value; ///< as long as the page lives
  };

  size_t size() const { return ends_.size(); }
  bool empty() const { return ends_.empty(); }
  row operator[](size_t i) const {
    std::string_view all{bytes_};
    auto begin = i == 0 ? 0 : ends_[i - 1][1];
    auto [middle, end] = ends_[i];
    return {all.substr(begin, middle - begin),
            all.substr(middle, end - middle)};
  }

  /// There are more rows: the `from` of the rest, backwards its `to`.
  const std::optional<std::string>& next() const { return next_; }

  // For engines.

  bool full(const page_bounds& by) const {
    return !empty() && (size() >= by.rows || bytes_.size() >= by.bytes);
  }
  void add(std::string_view key, std::string_view value) {
    bytes_.append(key);
    auto middle = bytes_.size();
    bytes_.append(value);
    ends_.push_back({middle, bytes_.size()});
  }
  /// A row was found that has no room: the page ends before it.
  void end_before(std::string_view key, bool backwards) {
    next_ = backwards ? (*this)[size() - 1].key : key;
  }

 private:
  std::string bytes_;
  /// Where the key of a row ends, and where its value does.
  std::vector<std::array<size_t, 2>> ends_;
  std::optional<std::string> next_;
};

} // namespace tutti::storage
