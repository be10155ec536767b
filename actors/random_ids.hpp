#pragma once

#include "actors/engine/decider.hpp"

#include <mutex>
#include <random>

namespace tutti {

/// Ids from the system's randomness, or repeatable ones from a seed. Thread
/// safe.
class random_ids final : public engine::id_source {
public:
  random_ids();
  explicit random_ids(uint64_t seed);

  std::string workflow_id() override;
  std::string task_id(std::string_view workflow_id) override;
  uint64_t random(uint64_t below) override;

private:
  uint64_t next();

  std::mutex mutex_;
  std::mt19937_64 generator_;
};

} // namespace tutti
