#pragma once

#include "storage/copy/bulk.hpp"

#include <memory>

namespace tutti::storage {

/// A store read and filled through its port.
class store_bulk final : public bulk_source, public bulk_target {
 public:
  explicit store_bulk(std::shared_ptr<store> of) : store_(std::move(of)) {}

  uint32_t shards() const override { return store_->shards(); }

  result<uint64_t> stop(uint32_t shard) override;
  result<done> read(uint32_t shard, const store::row& each) override;

  result<done> begin(uint32_t shard) override;
  result<done> add(std::string_view key, std::string_view value) override;
  result<done> end(uint64_t epoch) override;

 private:
  result<done> write();

  std::shared_ptr<store> store_;
  uint32_t shard_ = 0;
  uint64_t epoch_ = 0;
  batch waiting_;
  size_t bytes_ = 0;
};

} // namespace tutti::storage
