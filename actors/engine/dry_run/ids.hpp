#pragma once

#include "actors/engine/decider.hpp"

namespace tutti::engine::dry_run {

/// Ids and random numbers that a seed repeats (splitmix64).
class seeded_ids final : public id_source {
 public:
  explicit seeded_ids(uint64_t seed) : state_(seed) {}

  std::string workflow_id() override;
  std::string task_id(std::string_view workflow_id) override;
  uint64_t random(uint64_t below) override;

 private:
  uint64_t next();
  uint64_t state_;
};

} // namespace tutti::engine::dry_run
