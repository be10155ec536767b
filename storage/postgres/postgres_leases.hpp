#pragma once

#include "storage/leases.hpp"
#include "storage/postgres/connection_pool.hpp"

namespace tutti::storage {

/// Leases in the database that holds their shards: its clock, and one statement
/// for each call. Other than `postgres_store::acquire`, they do not take a
/// shard from an owner whose time is not over.
class postgres_leases final : public leases {
 public:
  /// `statement_timeout` bounds a renewal: less than a lease's time.
  postgres_leases(const std::string& url, duration statement_timeout);

  result<std::optional<uint64_t>>
  acquire(uint32_t shard, std::string_view owner, duration time) override;
  result<std::vector<uint32_t>> renew(std::string_view owner,
                                      std::span<const held> all,
                                      duration time) override;
  result<std::vector<uint32_t>> release(std::string_view owner,
                                        std::span<const held> all) override;
  result<std::vector<lease>> list() override;

 private:
  postgres::connection_pool pool_;
};

} // namespace tutti::storage
