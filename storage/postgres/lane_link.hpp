#pragma once

#include "storage/postgres/connection.hpp"
#include "storage/postgres/shard_head.hpp"

#include <memory>
#include <vector>

namespace tutti::storage::postgres {

using shard_groups = std::vector<std::unique_ptr<shard_group>>;

/// The connection of a lane: groups go out one behind the other, each with a
/// sync of its own, and their replies come back in that order.
class lane_link {
 public:
  static result<lane_link> open(const std::string& url,
                                const connect_options& how);

  /// By a statement of its own; only while no group is under way.
  result<shard_heads> heads(std::span<const uint32_t> shards);

  /// Those parts that write something; at least one. False: the connection is
  /// lost.
  bool send(const shard_groups& parts);

  struct reply {
    std::vector<uint32_t> taken; ///< the shards that were written
    answer failed;               ///< good, unless nothing was written
    bool has_failed = false;
  };
  enum class status : uint8_t { waiting, replied, lost };
  /// Of the oldest group; only while one is under way.
  status receive(reply& out);

  /// While no group is under way; false: the server has ended the connection.
  bool is_there();

  /// Waits for a reply, for room to send, for `wake` or for the time.
  void wait(int wake, int timeout_ms);

  uint64_t statements() const { return statements_; }
  std::string why_lost() const;

 private:
  explicit lane_link(connection x) : connection_(std::move(x)) {}

  bool send(const char* name, const parameters& with);
  bool send_rows(const shard_groups& parts, const struct fences& of);

  connection connection_;
  reply next_;
  uint64_t statements_ = 0;
};

} // namespace tutti::storage::postgres
