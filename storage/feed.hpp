#pragma once

#include "messages/model/enums.hpp"
#include "storage/store.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tutti::storage {

// The feed of a shard: the changes of its commits, in the order in which they
// became durable, with positions 1, 2, 3, ... without a gap. Followers read
// pages from their stored position on; entries that all of them have passed are
// erased. Bytes: storage/FORMAT.md, kinds `f` and `b`.

/// The changes that one commit made to one execution. Details are in its
/// revisions (kind `e`).
struct feed_entry {
  std::string workflow_id;
  /// Revisions that the commit added; 0 and 0: none.
  int64_t first_revision = 0, last_revision = 0;
  /// Status before the commit; absent: the commit created the execution.
  std::optional<workflow_status> before;
  /// Status after it; absent: the commit removed the execution.
  std::optional<workflow_status> after;
  bool archived = false;      ///< it is hidden from lists
  bool tasks_changed = false; ///< a task was created, changed or removed

  friend bool operator==(const feed_entry&, const feed_entry&) = default;
};

/// For `commit::feed`.
std::string write(const feed_entry& x);

/// For the engines: a row is this and then `commit::feed` of each of its
/// commits.
std::string_view feed_row_begin();

struct feed_item {
  uint64_t position = 0;
  feed_entry what;
};

struct feed_page {
  std::vector<feed_item> items; ///< empty: no entries after the position
  /// Entries between the position and the first item were erased, because the
  /// follower was too far behind: it must rebuild its data.
  bool is_behind = false;
};

/// The entries after a position, oldest first; at least `limit`, if there are
/// as many. errc::internal when a row cannot be read.
result<feed_page> read_feed(const store& from, uint32_t shard, uint64_t after,
                            size_t limit);

/// How far a follower has come, and what it wants to keep with that.
struct follower_mark {
  uint64_t position = 0;
  std::string state;
};
std::string write(const follower_mark& x);
result<follower_mark> read_follower_mark(std::string_view record);

} // namespace tutti::storage
