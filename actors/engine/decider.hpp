#pragma once

#include "actors/engine/decision/scripts.hpp"
#include "actors/engine/state/state.hpp"
#include "messages/model/commands.hpp"
#include "messages/model/definition_source.hpp"
#include "messages/model/task_limit.hpp"

#include <set>
#include <string>
#include <variant>
#include <vector>

namespace tutti::engine {

/// Ids and random numbers come in, so that a decision can be repeated.
class id_source {
 public:
  virtual ~id_source() = default;
  /// A lower-case UUID.
  virtual std::string workflow_id() = 0;
  /// Shares the first 23 characters with its workflow's id, so that a task id
  /// alone leads to the shard and the execution (see messages/model/ids.hpp).
  virtual std::string task_id(std::string_view workflow_id) = 0;
  /// Uniform in [0, below).
  virtual uint64_t random(uint64_t below) = 0;
};

/// Who polled lately (reference:workers#domains).
class domain_activity {
 public:
  virtual ~domain_activity() = default;
  virtual bool active(std::string_view task_type,
                      std::string_view domain) const = 0;
};

/// Values behind `${NETFLIX_ENV}` and `${workflow.env.X}`.
class environment {
 public:
  virtual ~environment() = default;
  virtual std::optional<std::string>
  system_name(std::string_view name) const = 0;
  virtual std::optional<std::string> variable(std::string_view name) const = 0;
  /// `${workflow.secrets.X}`, where a task is executed here; never stored.
  virtual std::optional<std::string> secret(std::string_view) const {
    return std::nullopt;
  }
};

/// What is known, when a decision begins, of where EVENT tasks may send their
/// messages. Plain data: a decision asks nobody and waits for nobody.
struct event_sinks {
  /// Queues of this store (`conductor:`) that take nothing now: each holds
  /// `messages_max` messages.
  std::set<std::string, std::less<>> full = {};
  size_t messages_max = 0;
  /// Whatever the provider, nothing is sent: the task waits to be told what
  /// came of it.
  bool dry_run = false;
};

/// How long the work of queued system tasks may take.
struct work_times {
  int64_t http_connect_ms = 100; ///< where a task says null
  int64_t http_read_ms = 150;    ///< where a task says null
  /// Nothing that a task asks for is longer.
  int64_t timeout_ms_max = 3'600'000;
  /// From the first byte of an answer to its last.
  int64_t http_transfer_ms = 60'000;
  int64_t kafka_request_ms = 100;
  int64_t kafka_block_ms = 500;
  /// A task whose node said nothing for so much longer is given out again.
  int64_t grace_ms = 10'000;
};

/// Outputs that were kept for a while (cacheConfig).
class output_cache {
 public:
  virtual ~output_cache() = default;
  /// What completed under that name with that key, and has not expired.
  virtual std::optional<payload>
  find(std::string_view name, std::string_view key, int64_t now) const = 0;
};

struct limits {
  size_t variables_bytes_max = 256 << 10;
  size_t reason_characters_max = 500;
  size_t tasks_max = 200'000; ///< rows of one execution
  size_t fork_branches_max = 100'000;
  size_t decision_events_max = 2'000; ///< a decision stops beyond this
  size_t for_each_parallel = 10;      ///< of a FOR_EACH without maxParallel
  bool messages_enabled = true;       ///< of PULL_WORKFLOW_MESSAGES
  size_t messages_max = 1'000;        ///< in one inbox
  int64_t message_ttl_ms = 86'400'000;
  size_t message_batch_max = 100;
  work_times work;
  size_t goto_jumps_max = 1'000; ///< of one GOTO task, whatever it asks for
  size_t depth_max = 100;        ///< executions that begin one another
  /// A task that was taken out of its queue is offered again after this time.
  int64_t queue_repair_ms = 30'000;
};

/// Everything a decision may read besides the execution.
struct decision_context {
  int64_t now = 0; ///< epoch ms
  id_source& ids;
  const definition_source& definitions;
  const domain_activity& domains;
  const environment& env;
  const limits& bounds;
  script_runner& scripts;
  /// Null: the internal queues, and they are never full.
  const event_sinks* sinks = nullptr;
  const output_cache* outputs = nullptr; ///< null: nothing is kept
};

// Effects: what is told to others, only after the events are durable.

/// The row of a waiting task in its queue (reference:workers#queues).
struct queue_row {
  std::string queue; ///< "[domain:]type"
  std::string task_id;
  int32_t priority = 0;
  int64_t visible_at = 0; ///< epoch ms; the row's age, and its delay
  int32_t seq = 0;        ///< keeps the order of rows made in the same ms
  std::string limited_by; ///< task definition; empty: no limit counts it
  task_limit own_limit;   ///< by the execution's copy of that definition
};
struct offer_task {
  queue_row row;
};
struct withdraw_task {
  queue_row row;
};
struct send_outbox_message {
  std::shared_ptr<const outbox_message> what;
};
struct append_logs {
  std::string task_id;
  std::vector<task_log> logs;
};
/// A message in an event queue of this store (reference:event). The same id at
/// the same time is the same message, however often it is put.
struct publish_message {
  std::string queue; ///< without the provider
  std::string id;    ///< of the task
  int64_t at = 0;
  payload content;
};
struct retract_message {
  std::string queue, id;
  int64_t at = 0;
};

/// A completed output that others may use until it expires (cacheConfig).
struct cache_output {
  std::string name, key;
  payload output;
  int64_t expires_at = 0; ///< epoch ms
};

/// The row is IN_PROGRESS by a hand-out from here on, or no longer so
/// (actors/engine/decision/leases.hpp).
struct take_lease {
  task_lease what;
};
struct end_lease {
  std::string definition, task_id;
};

using effect = std::variant<offer_task, withdraw_task, send_outbox_message,
                            append_logs, publish_message, retract_message,
                            cache_output, take_lease, end_lease>;

struct decision {
  std::vector<event> events;
  std::vector<effect> effects;
  /// Set: the command was refused, nothing changed, both lists are empty.
  std::optional<failure> refused;
  cause why;
  /// The task an update or hand-out was about; empty when none matched.
  std::string task_id;
  /// What `push_message` called its message.
  std::string message_id;
  /// Set: nothing was decided, the command is meant for that execution (a
  /// retry that resumes the deepest failed child).
  std::string redirect;
  /// The command had something to do. False for a hand-out of a task that is
  /// no longer waiting, and for duplicates.
  bool effective = true;
  /// The events may wait for the next durable write: losing them only means
  /// that the task is offered again.
  bool may_wait = false;
  /// More is to be done than one decision may: commit this part, then
  /// `go_on`. What is left is found again in the state, also after a crash:
  /// `state::next_deadline` lies in the past until it is done.
  bool unfinished = false;
};

/// The decision may call `decision_context::scripts`, and then take as long as
/// they do.
bool may_run_scripts(const state& execution, const workflow_command& what);

/// One input, one decision. `execution` is advanced by exactly the returned
/// events: decide works on the live state and changes it through
/// `state::apply` alone, so that a decision in a 10,000-branch fork does not
/// copy it. Knows no clock, store, actor or log.
decision decide(state& execution, const workflow_command& what,
                const decision_context& context);

/// The next part of a decision that came back `unfinished`.
decision go_on(state& execution, cause why, const decision_context& context);

} // namespace tutti::engine
