#pragma once

#include "storage/index/rows.hpp"

#include <array>
#include <cstdint>

namespace tutti::index {

/// Which row of `words` has which text of an execution. Rows of an execution
/// count from 1; 0: the text has no words.
struct text_numbers {
  static constexpr int bits = 6;
  static constexpr int64_t last_max = (1 << bits) - 1;

  std::array<int64_t, text_count> of{};
  int64_t last = 0; ///< the newest row; none comes again

  int64_t packed() const {
    auto out = last;
    for (auto x : of)
      out = out << bits | x;
    return out;
  }
  static text_numbers unpacked(int64_t x) {
    text_numbers out;
    for (size_t i = text_count; i-- > 0; x >>= bits)
      out.of[i] = x & last_max;
    out.last = x & last_max;
    return out;
  }

  /// The number of a row among those of all executions.
  static int64_t row_of(int64_t doc, int64_t number) {
    return doc << bits | number;
  }
  static int64_t doc_of(int64_t row) { return row >> bits; }
};

} // namespace tutti::index
