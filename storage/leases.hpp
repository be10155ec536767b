#pragma once

#include "messages/model/result.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tutti::storage {

/// Who may write a shard, and until when. The times are those of the leases'
/// own clock (the database's), never of a node: an owner counts its time from
/// before it asked, so that it stops before anybody else may begin.
///
/// A lease that has ended stops nobody by itself: the epoch that it was granted
/// with fences the old owner's commits once the next one has acquired it.
/// Thread safe; every call may wait for a network.
class leases {
 public:
  using duration = std::chrono::milliseconds;

  struct lease {
    uint32_t shard = 0;
    uint64_t epoch = 0;
    std::string owner;   ///< empty: nobody
    duration left{0};    ///< negative: it has ended
    bool has_end = true; ///< false: taken without a time (store::acquire)
  };
  struct held {
    uint32_t shard = 0;
    uint64_t epoch = 0;
  };

  virtual ~leases() = default;

  /// The new epoch, when nobody holds the lease, its time is over, or `owner`
  /// holds it already. From then on commits of earlier epochs are fenced.
  virtual result<std::optional<uint64_t>>
  acquire(uint32_t shard, std::string_view owner, duration time) = 0;

  /// Those of the leases whose time was moved on: the owner and the epoch are
  /// still the ones given. Renewing after its end is fine while nobody has
  /// taken it.
  virtual result<std::vector<uint32_t>>
  renew(std::string_view owner, std::span<const held> all, duration time) = 0;

  /// Ends them now, for the next owner; answers those that were held. No commit
  /// of these may be under way.
  virtual result<std::vector<uint32_t>> release(std::string_view owner,
                                                std::span<const held> all)
      = 0;

  /// Of all shards, in order.
  virtual result<std::vector<lease>> list() = 0;
};

} // namespace tutti::storage
