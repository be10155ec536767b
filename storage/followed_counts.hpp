#pragma once

#include "storage/feed.hpp"

#include <array>

namespace tutti::storage {

/// What the follower `counts` makes of a feed: how often executions came to
/// have a status and left it. Their differences are how many have it now.
struct followed_counts {
  static constexpr size_t statuses = size_t(workflow_status::terminated) + 1;
  using by_status = std::array<uint64_t, statuses>;

  uint64_t commits = 0, created = 0, removed = 0;
  by_status entered{}, left{};

  void add(const feed_entry& x);
  uint64_t now(workflow_status x) const {
    return entered[size_t(x)] - left[size_t(x)];
  }
  followed_counts& operator+=(const followed_counts& x);
  friend bool operator==(const followed_counts&, const followed_counts&)
      = default;
};

std::string write(const followed_counts& x);
/// Nothing was counted yet when the record is empty.
result<followed_counts> read_followed_counts(std::string_view record);

} // namespace tutti::storage
