#pragma once

#include "messages/model/payload.hpp"
#include "storage/store.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tutti {

/// A published message that is not acknowledged.
struct event_message {
  std::string queue; ///< without `conductor:`
  std::string id;    ///< of its task; leads to the message's shard
  int64_t at = 0;
  payload content;
};

/// The stored internal event queues of all shards. For threads that may block.
class event_queue_rows {
 public:
  explicit event_queue_rows(const storage::store& store) : store_(store) {}

  /// Queues with messages, sorted.
  result<std::vector<std::string>> names() const;
  /// Counts messages, up to `most`.
  result<size_t> count(const std::string& queue, size_t most = SIZE_MAX) const;
  /// The oldest messages, oldest first, without unreadable rows.
  result<std::vector<event_message>> oldest(const std::string& queue,
                                            size_t count) const;
  /// Keys of messages of a shard that are older than `before`, at most that
  /// many, and the time of the oldest remaining message; 0: none. The cost is a
  /// read per queue plus the found rows.
  struct aged {
    std::vector<std::pair<std::string, std::string>> found; ///< queue, key
    int64_t oldest_left = 0;
  };
  result<aged> older_than(uint32_t shard, int64_t before, size_t most) const;
  /// The key of a message in the shard of its id; empty: not there.
  result<std::string> find(const std::string& queue,
                           const std::string& id) const;

 private:
  const storage::store& store_;
};

} // namespace tutti
