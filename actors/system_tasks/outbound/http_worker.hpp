#pragma once

#include "actors/system_tasks/outbound/http_client.hpp"

namespace tutti {

/// HTTP tasks (reference:http).
class http_worker final : public system_task_worker {
 public:
  http_worker(http_client_settings how, engine::work_times times)
      : client_(std::move(how)), times_(times) {}

  std::string_view type() const override { return "HTTP"; }
  void perform(system_task task, told done) override;
  void stop() override { client_.stop(); }

 private:
  http_client client_;
  const engine::work_times times_;
};

} // namespace tutti
