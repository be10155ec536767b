#pragma once

#include "messages/model/result.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tutti {

/// Which node serves which shard, at one moment.
class shard_map {
 public:
  shard_map() = default;
  /// `owners[shard]`; a later map has a greater epoch.
  shard_map(uint64_t epoch, std::vector<std::string> owners)
      : epoch_(epoch), owners_(std::move(owners)) {}

  uint64_t epoch() const { return epoch_; }
  uint32_t shards() const { return uint32_t(owners_.size()); }
  /// Empty: nobody at present.
  const std::string& owner(uint32_t shard) const { return owners_.at(shard); }
  std::vector<uint32_t> shards_of(std::string_view node) const;
  /// Equal on nodes that agree about all owners.
  std::string fingerprint() const;

 private:
  uint64_t epoch_ = 0;
  std::vector<std::string> owners_;
};

/// A node of the cluster, as its operator lists it.
struct listed_node {
  std::string name, host;
  uint16_t port = 0;
  std::vector<uint32_t> shards; ///< pinned to it
};

/// "a=10.0.0.1:7400/0-5, b=[::1]:7400/6-10+15". Every node has the same list,
/// itself included. Fails with a sentence that names the part and the rule.
result<std::vector<listed_node>> read_nodes(std::string_view text,
                                            uint32_t shards);
/// A letter or digit, then letters, digits, '-' and '.'; at most 63, because
/// certificates name it.
bool is_node_name(std::string_view name);

/// Epoch 1: pinned shards never move.
shard_map pinned_map(const std::vector<listed_node>& nodes, uint32_t shards);

/// "0-5,9", for operators.
std::string ranges_text(const std::vector<uint32_t>& shards);

} // namespace tutti
