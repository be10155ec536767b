#pragma once

#include "messages/model/bounds.hpp"

#include <cstdint>
#include <string>
#include <unordered_map>

namespace tutti {

/// How many executions of each family this shard began, and how large their
/// inputs were: those that go back, by SUB_WORKFLOW, START_WORKFLOW or failure
/// workflow, to one execution that a client started. Ids spread the executions
/// of a family evenly over the shards, so that each shard holds its part to its
/// part of the limit, and nobody asks anybody.
class family_sizes {
 public:
  struct size {
    uint64_t executions = 0, bytes = 0;
  };

  /// Of more than `known_max` families the small ones are forgotten.
  explicit family_sizes(size_t known_max = 100'000) : known_max_(known_max) {}

  /// Counts a start; the bound that it would exceed, or null.
  const bound* admit(const std::string& family, uint64_t bytes, size most);

  size of(const std::string& family) const;

 private:
  void forget_small_ones();

  size_t known_max_;
  std::unordered_map<std::string, size> known_;
};

} // namespace tutti
