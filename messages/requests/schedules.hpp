#pragma once

#include "messages/envelope.hpp"
#include "messages/model/schedules/schedule.hpp"
#include "messages/requests/answers.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tutti {

// Requests about schedules. Each goes to the shard of the schedule's name
// (`schedule_shard_id`), those about many to every shard.

/// Creates or replaces, already validated. Answers the schedule.
struct save_schedule {
  using response = document;
  schedule_def what;
};
/// An unknown name is no error.
struct remove_schedule {
  using response = done;
  std::string name;
};
struct read_schedule {
  using response = document;
  std::string name;
  bool tags = false; ///< only its tags
};
struct control_schedule {
  using response = done;
  std::string name;
  bool pause = true; ///< otherwise resume, which must find it paused
  std::string reason;
};
struct tag_schedule {
  using response = done;
  std::string name;
  std::vector<tag> tags;
  bool remove = false;
};
/// Asks every shard. Items are schedules as JSON.
struct list_schedules {
  using response = sorted_documents;
  std::string workflow_name, schedule_name, free_text; ///< empty: any
  std::optional<bool> paused;
  std::string tag; ///< "key" or "key:value"; empty: any
  std::string sort_by;
  bool descending = false;
  uint64_t start = 0, count = 100;
};
/// The same for firings.
struct search_firings {
  using response = sorted_documents;
  std::vector<firing_condition> where;
  std::string free_text;
  std::string sort_by;
  bool descending = true;
  uint64_t start = 0, count = 100;
};
/// Fires the instants of a time range that have not fired. Answers how many.
struct backfill_schedule {
  using response = document;
  std::string name;
  int64_t from = 0, to = 0; ///< epoch ms, both included
};
/// Fires now. Answers the firing.
struct trigger_schedule {
  using response = document;
  std::string name;
};
/// Workflow to the shard of its schedule: an execution that it started has
/// ended. It may be lost; the schedule asks the execution when it matters.
struct scheduled_execution_ended {
  using response = done;
  std::string schedule, workflow_id;
};
/// Holds all schedules, until they are resumed or their node restarts.
struct hold_schedules {
  using response = done;
  bool hold = true;
};

} // namespace tutti
