#pragma once

#include "actors/evaluators/evaluator_settings.hpp"
#include "actors/evaluators/frame.hpp"
#include "messages/model/result.hpp"

#include <chrono>
#include <string>
#include <string_view>

#include <sys/types.h>

namespace tutti::evaluators {

/// One running `tutti-evaluator` and its socket. Every wait has a limit. Use
/// only on the thread that starts it: the helper dies with that thread.
class helper_process {
 public:
  using clock = std::chrono::steady_clock;

  enum class end : uint8_t {
    replied,
    overdue, ///< it did not reply in time, and was killed
    broken,  ///< it ended, or its reply makes no sense
  };

  helper_process() = default;
  helper_process(const helper_process&) = delete;
  helper_process& operator=(const helper_process&) = delete;
  ~helper_process() { stop(); }

  /// Spawns it. Call `wait_until_ready` before the first request.
  result<done> start(const evaluator_settings& settings,
                     const std::string& language);
  /// False when it was never started or has ended.
  bool alive();
  /// Waits for its `ready`.
  result<done> wait_until_ready();

  /// Sends one request and waits for the reply. Unless it returns `replied`,
  /// the helper is gone.
  end exchange(const request_header& head, std::string_view source,
               std::string_view input, clock::time_point deadline,
               reply_header& answer, std::string& text);

  void stop();
  pid_t pid() const { return pid_; }
  /// `waitpid`'s status of the last helper that ended.
  int last_status() const { return last_status_; }

 private:
  end wait(short events, clock::time_point deadline);
  end write(std::string_view bytes, clock::time_point deadline);
  end read(char* to, size_t bytes, clock::time_point deadline);
  end give_up(end why);

  pid_t pid_ = -1;
  int socket_ = -1, last_status_ = 0;
  bool ready_ = false;
};

/// The evaluator program of these settings.
std::string program_of(const evaluator_settings& settings);

} // namespace tutti::evaluators
