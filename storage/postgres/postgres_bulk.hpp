#pragma once

#include "storage/copy/bulk.hpp"

#include <memory>

namespace tutti::storage {

/// All rows of a store in one database, by COPY in binary form. Each shard is
/// filled in one transaction.
class postgres_bulk final : public bulk_source, public bulk_target {
 public:
  static result<std::unique_ptr<postgres_bulk>> open(const std::string& url);
  ~postgres_bulk() override;

  uint32_t shards() const override;

  result<uint64_t> stop(uint32_t shard) override;
  result<done> read(uint32_t shard, const store::row& each) override;

  result<done> begin(uint32_t shard) override;
  result<done> add(std::string_view key, std::string_view value) override;
  result<done> end(uint64_t epoch) override;

 private:
  struct impl;
  explicit postgres_bulk(std::unique_ptr<impl> state);

  std::unique_ptr<impl> impl_;
};

} // namespace tutti::storage
