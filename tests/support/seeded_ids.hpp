#pragma once

#include "actors/engine/decider.hpp"
#include "messages/model/ids.hpp"

#include <mutex>
#include <random>

namespace tutti::test {

/// Ids and random numbers that a seed repeats. Thread safe.
class seeded_ids final : public engine::id_source {
 public:
  explicit seeded_ids(uint64_t seed) : generator_(seed) {}

  std::string workflow_id() override {
    auto high = next();
    return make_workflow_id(high, next());
  }
  std::string task_id(std::string_view workflow_id) override {
    return make_task_id(workflow_id, next() & 0xffff'ffff'ffff);
  }
  uint64_t random(uint64_t below) override {
    return below == 0 ? 0 : next() % below;
  }

 private:
  uint64_t next() {
    std::lock_guard guard{mutex_};
    return generator_();
  }

  std::mutex mutex_;
  std::mt19937_64 generator_;
};

} // namespace tutti::test
