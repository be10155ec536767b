#pragma once

#include "messages/model/requests.hpp"
#include "messages/model/tag.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace tutti {

// reference:schedules

/// What happens when an instant comes while an execution of an earlier one
/// still runs.
enum class overlap_policy : uint8_t {
  allow_all,
  skip,
  buffer_one,      ///< one waits for the end, further ones are skipped
  cancel_other,    ///< the others are ended with their failure workflow first
  terminate_other, ///< the others are ended first
};

/// Which of the instants that were missed are made up for.
enum class catchup_policy : uint8_t { none, latest, all };

struct cron_schedule {
  std::string cron_expression, zone_id = "UTC";
  friend bool operator==(const cron_schedule&, const cron_schedule&) = default;
};

struct schedule_def {
  std::string name, description;
  std::string cron_expression, zone_id = "UTC";
  /// If there are any, they replace the two above.
  std::vector<cron_schedule> cron_schedules;
  start_workflow_request start;
  bool run_catchup = false; ///< Conductor's spelling of catchup_policy::all
  bool paused = false;
  std::string paused_reason;
  int64_t start_time = 0, end_time = 0; ///< epoch ms; 0: no bound
  int64_t create_time = 0, updated_time = 0;
  std::string created_by, updated_by;
  std::vector<tag> tags;
  // Tutti's own
  overlap_policy overlap = overlap_policy::allow_all;
  catchup_policy catchup = catchup_policy::none;
  int64_t catchup_window_seconds = 0; ///< 0: the node's setting
  int64_t jitter_seconds = 0;

  std::vector<cron_schedule> crons() const {
    return cron_schedules.empty()
               ? std::vector<cron_schedule>{{cron_expression, zone_id}}
               : cron_schedules;
  }
};

/// The state of a firing, in Conductor's words.
enum class firing_state : uint8_t { polled, failed, executed };

/// Why a firing has its state, more exactly.
enum class firing_outcome : uint8_t {
  waiting,  ///< its start is under way
  started,  ///< the execution exists
  refused,  ///< the start failed for good
  missed,   ///< its time passed and the catch-up policy does not make up for it
  skipped,  ///< an earlier execution was running
  buffered, ///< waits for the end of an earlier execution
};

/// Why there is a firing.
enum class firing_cause : uint8_t { time, backfill, trigger };

/// One firing, or a range of instants that were missed together.
struct firing {
  std::string schedule;
  int64_t scheduled_time = 0; ///< epoch ms
  firing_cause cause = firing_cause::time;
  int64_t execution_time = 0; ///< when it was decided
  std::string execution_id;
  std::string workflow_name, workflow_id;
  firing_outcome outcome = firing_outcome::waiting;
  std::string reason;
  std::string zone_id, cron_expression;
  /// Of a range: its last instant and how many there are.
  int64_t last_time = 0, count = 1;
  friend bool operator==(const firing&, const firing&) = default;
};

firing_state state_of(firing_outcome x);

std::string_view to_text(overlap_policy x);
std::string_view to_text(catchup_policy x);
std::string_view to_text(firing_state x);
std::string_view to_text(firing_outcome x);
std::string_view to_text(firing_cause x);
template <>
std::optional<overlap_policy> from_text(std::string_view text);
template <>
std::optional<catchup_policy> from_text(std::string_view text);

/// A condition of a search for firings. Fields and operators as on the wire;
/// conditions on unknown fields are left out before.
struct firing_condition {
  std::string field;
  enum class relation : uint8_t { is, is_not, less, at_most, more, at_least };
  relation how = relation::is;
  std::vector<std::string> values; ///< any of them; `*` stands for any text
  friend bool operator==(const firing_condition&, const firing_condition&)
      = default;
};

} // namespace tutti
