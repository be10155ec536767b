#pragma once

#include "actors/engine/decider.hpp"

#include <atomic>

namespace tutti {

/// Ids of a live node; thread safe.
///
/// A workflow id begins with the wall clock's milliseconds, so that executions
/// that start together are neighbours in the store, and continues with a 26-bit
/// counter: its first 23 characters, which its tasks share, are unique as long
/// as fewer than 67 million executions start in one millisecond. A task's own
/// part is a scrambled counter with a random start.
class random_ids final : public engine::id_source {
 public:
  random_ids();

  std::string workflow_id() override;
  std::string task_id(std::string_view workflow_id) override;
  uint64_t random(uint64_t below) override;

 private:
  uint64_t next();

  std::atomic<uint64_t> random_, workflows_, tasks_;
};

} // namespace tutti
