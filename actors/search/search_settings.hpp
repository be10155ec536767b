#pragma once

#include "messages/model/query/parser.hpp"

#include <chrono>
#include <cstddef>

namespace tutti {

struct search_settings {
  size_t threads = 2;
  /// Searches that wait for a thread, or for the index to catch up; more are
  /// refused.
  size_t waiting_max = 1'000;
  /// How long a search waits for commits that were acknowledged before it.
  std::chrono::milliseconds wait_max{1'000};
  /// How long one may run.
  std::chrono::milliseconds patience{5'000};
  size_t page_max = 5'000; ///< hits of a page
  size_t facet_values_max = 50;
  size_t rollup_lines_max = 10'000;
  size_t answer_bytes_max = size_t{64} << 20;
  query::limits query;
};

} // namespace tutti
