#pragma once

#include "messages/model/payload.hpp"
#include "storage/store.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tutti {

/// A message that an EVENT task published and nobody has acknowledged.
struct event_message {
  std::string queue; ///< without `conductor:`
  std::string id;    ///< of its task; leads to the shard it is stored in
  int64_t at = 0;
  payload content;
};

/// The internal event queues as they are stored, over all shards of a store.
/// For threads that may wait.
class event_queue_rows {
 public:
  explicit event_queue_rows(const storage::store& store) : store_(store) {}

  /// Queues that hold messages, sorted.
  result<std::vector<std::string>> names() const;
  /// Looks at every message, up to `most`.
  result<size_t> count(const std::string& queue, size_t most = SIZE_MAX) const;
  /// The oldest messages, oldest first. Rows that cannot be read are left out.
  result<std::vector<event_message>> oldest(const std::string& queue,
                                            size_t count) const;
  /// Keys of a shard's messages from before `before`, at most so many, and the
  /// time of the oldest message that is not among them; 0: there is none. Costs
  /// a look per queue and what is found.
  struct aged {
    std::vector<std::pair<std::string, std::string>> found; ///< queue, key
    int64_t oldest_left = 0;
  };
  result<aged> older_than(uint32_t shard, int64_t before, size_t most) const;
  /// The key of a message in the shard its id leads to; empty: it is not there.
  result<std::string> find(const std::string& queue,
                           const std::string& id) const;

 private:
  const storage::store& store_;
};

} // namespace tutti
