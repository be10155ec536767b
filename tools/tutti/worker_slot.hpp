#pragma once

#include "tools/tutti/client.hpp"
#include "tools/tutti/stop_signal.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace tutti::cli {

struct worker_options {
  std::string server, key, domain, worker_id;
  std::vector<std::string> command;
  int poll_ms = 1'000; ///< how long the server holds a poll
};

/// Takes tasks of one type, one after another, and runs the command for each,
/// until it is stopped. The current task is always finished and reported.
class worker_slot {
 public:
  worker_slot(const worker_options& options, std::string task_type,
              const stop_signal& stop);
  void run();

 private:
  result<nlohmann::json> poll();
  nlohmann::json run_command(const nlohmann::json& task);
  /// Repeats until the server accepts or refuses it. The answer is the next
  /// task, or null.
  nlohmann::json report(const nlohmann::json& update);
  void say(const std::string& text) const;

  const worker_options& options_;
  std::string task_type_;
  const stop_signal& stop_;
  client api_;
  bool has_update_v2_ = true;
};

} // namespace tutti::cli
