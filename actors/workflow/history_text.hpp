#pragma once

#include "messages/model/events.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <unordered_map>

namespace tutti {

/// Describes events in order: the old and new values, and a sentence. Must see
/// every event from the first.
class history_teller {
 public:
  /// The event as JSON for clients.
  nlohmann::json tell(const event& e);
  /// Notes the event without describing it.
  void skip(const event& e);

 private:
  struct known_task {
    std::string reference;
    task_status status;
    int32_t attempt = 0;
  };

  nlohmann::json shown(const workflow_created& e);
  nlohmann::json shown(const workflow_changed& e);
  nlohmann::json shown(const task_added& e);
  nlohmann::json shown(const task_changed& e);
  nlohmann::json shown(const tasks_removed& e);
  nlohmann::json shown(const inbox_changed& e);
  void see(const workflow_created& e);
  void see(const workflow_changed& e);
  void see(const task_added& e);
  void see(const task_changed& e);
  void see(const tasks_removed& e);
  void see(const inbox_changed&) {}

  workflow_status status_ = workflow_status::running;
  std::unordered_map<std::string, known_task> tasks_;
};

/// The cause as JSON: its kind ("worker", "timer", ...) and who exactly.
nlohmann::json tell(const cause& why);

} // namespace tutti
