#pragma once

#include "messages/model/commands.hpp"
#include "messages/model/events.hpp"
#include "messages/model/task_limit.hpp"
#include "storage/records_definitions.hpp"

#include <functional>
#include <string>
#include <string_view>

// Model <-> the bytes of a row (messages/proto/records.proto). Reading answers
// errc::internal with a sentence when a row is damaged or has a newer version.

namespace tutti::storage {

/// Writes or reads the revisions of one execution, in order: a task's
/// definition is stored as a reference into the execution's current definition.
class revision_codec {
 public:
  struct definition_use {
    kept_definition_pointer what;
    /// Stored with the execution instead of shared.
    bool own = false;
  };
  /// Called when a definition is written for the first time, or replaced.
  using intern_function
      = std::function<definition_use(const workflow_def_pointer&)>;
  /// Null when there is none.
  using find_function
      = std::function<kept_definition_pointer(std::string_view hash, bool own)>;

  /// errc::too_large: no record can hold it.
  result<std::string> write(const revision& x, const intern_function& intern);
  result<revision> read(std::string_view record, const find_function& find);

  /// The events that rebuild an execution, as one revision.
  result<std::string> write_snapshot(const workflow& head,
                                     const std::vector<const task*>& rows,
                                     int64_t number, int64_t at,
                                     uint64_t history_bytes = 0);

  const definition_use& definition() const { return current_; }

 private:
  definition_use current_;
};

/// The events without definitions (all pointers to them are null), for readers
/// of the history. Reads any revision by itself.
result<revision> read_told(std::string_view record);

/// Which definition an event names.
struct named_definition {
  size_t event = 0; ///< its place in the revision
  std::string hash;
  bool own = false; ///< stored with the execution
};
/// The same, and which definitions they name.
result<revision> read_told(std::string_view record,
                           std::vector<named_definition>& named);

struct control {
  int64_t timer_due = 0; ///< key of its row among the timers; 0: none
  bool archived = false;
  friend bool operator==(const control&, const control&) = default;
};
std::string write(const control& x);
result<control> read_control(std::string_view record);

/// An execution's entry in a list.
struct catalog_entry {
  int32_t version = 1;
  workflow_status status = workflow_status::running;
  bool archived = false;
  friend bool operator==(const catalog_entry&, const catalog_entry&) = default;
};
std::string write(const catalog_entry& x);
result<catalog_entry> read_catalog_entry(std::string_view record);

/// A message of an event queue; the key has the rest.
result<std::string> write_message(const payload& content);
result<payload> read_message(std::string_view record);
/// The lease of a task; the key has the definition and the task id.
std::string write(const task_lease& x);
result<task_lease> read_lease(std::string_view key, std::string_view record);

/// The value of a queue row: its execution, and the limits that count it.
struct queue_entry {
  std::string workflow_id;
  std::string limited_by;
  task_limit own_limit = {};
  int64_t input_bytes = 0; ///< 0 when it is small
  friend bool operator==(const queue_entry&, const queue_entry&) = default;
};
std::string write(const queue_entry& x);
queue_entry read_queue_entry(std::string_view record);

struct poll_mark {
  int64_t last_poll_time = 0;
  std::string worker_id;
};
std::string write(const poll_mark& x);
result<poll_mark> read_poll_mark(std::string_view record);

/// A cached output (cacheConfig).
struct cached_output {
  int64_t expires_at = 0;
  payload output;
};
result<std::string> write(const cached_output& x);
result<cached_output> read_cached_output(std::string_view record);

/// An execution that holds or waits for a slot of a rateLimitKey.
struct slot_claim {
  std::string workflow_id;
  int32_t generation = 0;
  int32_t limit = 0;
  bool held = false;
  friend bool operator==(const slot_claim&, const slot_claim&) = default;
};
std::string write(const slot_claim& x);
result<slot_claim> read_slot_claim(std::string_view record);

/// errc::internal for a command that executions never send to each other.
result<std::string> write(const outbox_message& x);
result<outbox_message> read_outbox_message(std::string_view record);

} // namespace tutti::storage
