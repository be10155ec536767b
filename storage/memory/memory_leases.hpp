#pragma once

#include "storage/leases.hpp"

#include <functional>
#include <mutex>

namespace tutti::storage {

/// Leases for tests: one clock for all owners, moved by hand. `acquired` is
/// called with each new epoch's shard and answers the epoch, as a store's
/// `acquire` does.
class memory_leases final : public leases {
 public:
  using raise_epoch
      = std::function<result<uint64_t>(uint32_t shard, std::string_view owner)>;

  memory_leases(uint32_t shards, raise_epoch acquired)
      : acquired_(std::move(acquired)), all_(shards) {}

  result<std::optional<uint64_t>>
  acquire(uint32_t shard, std::string_view owner, duration time) override;
  result<std::vector<uint32_t>> renew(std::string_view owner,
                                      std::span<const held> all,
                                      duration time) override;
  result<std::vector<uint32_t>> release(std::string_view owner,
                                        std::span<const held> all) override;
  result<std::vector<lease>> list() override;

  void advance(duration by);

 private:
  struct entry {
    std::string owner;
    uint64_t epoch = 0;
    duration until{0};
  };

  std::vector<uint32_t> end_at(std::string_view owner,
                               std::span<const held> all, duration until);

  const raise_epoch acquired_;
  std::mutex mutex_;
  duration now_{0};
  std::vector<entry> all_;
};

} // namespace tutti::storage
