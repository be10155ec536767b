#pragma once

#include "actors/engine/tasks/work_time.hpp"
#include "actors/system_tasks/outbound/kafka_security.hpp"
#include "actors/system_tasks/outbound/network_policy.hpp"
#include "actors/system_tasks/outbound/system_task.hpp"

#include <chrono>
#include <memory>

namespace tutti {

struct kafka_settings {
  network_policy networks;
  kafka_security security;
  /// Open producers: one per list of servers and set of timeouts.
  size_t producers_max = 16;
  std::chrono::milliseconds idle_close{120'000};
};

/// Performs KAFKA_PUBLISH tasks (reference:kafka-publish): a task ends when the
/// brokers have acknowledged its message.
class kafka_worker final : public system_task_worker {
 public:
  kafka_worker(kafka_settings how, engine::work_times times);
  ~kafka_worker() override;

  std::string_view type() const override { return "KAFKA_PUBLISH"; }
  void perform(system_task task, told done) override;
  void stop() override;

  size_t producers() const;

 private:
  class loop;
  std::unique_ptr<loop> loop_;
  const engine::work_times times_;
};

} // namespace tutti
