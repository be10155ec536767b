#pragma once

#include "actors/engine/decision/scripts.hpp"
#include "actors/engine/state/state.hpp"
#include "messages/model/bounds.hpp"
#include "messages/model/commands.hpp"
#include "messages/model/definition_source.hpp"
#include "messages/model/task_limit.hpp"

#include <set>
#include <string>
#include <variant>
#include <vector>

namespace tutti::engine {

/// Source of ids and random numbers; with a repeatable source a decision can be
/// repeated.
class id_source {
 public:
  virtual ~id_source() = default;
  /// A lower-case UUID.
  virtual std::string workflow_id() = 0;
  /// Begins with the first 23 characters of the workflow's id, so that a task
  /// id leads to the shard and the execution (messages/model/ids.hpp).
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

/// Values of `${NETFLIX_ENV}` and `${workflow.env.X}`.
class environment {
 public:
  virtual ~environment() = default;
  virtual std::optional<std::string>
  system_name(std::string_view name) const = 0;
  virtual std::optional<std::string> variable(std::string_view name) const = 0;
  /// `${workflow.secrets.X}` for tasks that the node executes; never stored.
  virtual std::optional<std::string> secret(std::string_view) const {
    return std::nullopt;
  }
};

/// The sinks of EVENT tasks as known when the decision begins. Plain data: a
/// decision asks nobody and waits for nobody.
struct event_sinks {
  /// Full queues of this store (`conductor:`): each has `messages_max`
  /// messages.
  std::set<std::string, std::less<>> full = {};
  size_t messages_max = 0;
  /// Other systems that take messages: "kafka", "amqp", ...
  std::set<std::string, std::less<>> providers = {};
  /// Nothing is published to any provider; an EVENT task waits for its mock.
  bool dry_run = false;
};

/// Time limits of queued system tasks (HTTP, KAFKA_PUBLISH).
struct work_times {
  int64_t http_connect_ms = 100; ///< when the task has none
  int64_t http_read_ms = 150;    ///< when the task has none
  /// Tasks cannot ask for a longer timeout.
  int64_t timeout_ms_max = 3'600'000;
  /// From the first byte of a response to the last.
  int64_t http_transfer_ms = 60'000;
  int64_t kafka_request_ms = 100;
  int64_t kafka_block_ms = 500;
  /// A task is offered again when its system task worker has been silent for
  /// this much longer than its work may take.
  int64_t grace_ms = 10'000;
};

/// Cached outputs (cacheConfig).
class output_cache {
 public:
  virtual ~output_cache() = default;
  /// The unexpired output stored under that name and key, or nullopt.
  virtual std::optional<payload>
  find(std::string_view name, std::string_view key, int64_t now) const = 0;
};

struct limits {
  size_t variables_bytes_max = 256 << 10;
  size_t workflow_input_bytes_max = 10 << 20;
  size_t workflow_output_bytes_max = 10 << 20;
  size_t task_input_bytes_max = 10 << 20;
  size_t task_output_bytes_max = 10 << 20;
  /// Larger inputs and outputs are counted.
  size_t task_payload_bytes_warning = 3 << 20;
  /// Of what an execution holds ...
  size_t execution_bytes_max = 256 << 20;
  /// ... and of all its events.
  size_t history_bytes_max = size_t(4) << 30;
  size_t reason_characters_max = 500;
  size_t tasks_max = 200'000; ///< rows of one execution
  size_t fork_branches_max = 100'000;
  size_t decision_events_max = 2'000;   ///< a decision pauses beyond this
  size_t decision_bytes_max = 32 << 20; ///< and beyond this
  size_t commit_bytes_max = 256 << 20;  ///< no decision is larger
  /// What one JSON document takes in memory once it is parsed, and how deep its
  /// lists and objects lie in one another.
  size_t document_bytes_max = 256 << 20;
  size_t json_depth_max = 200;
  /// A decision pauses beyond this (reference:limits#steps).
  uint64_t part_steps = 5'000'000;
  /// Of the expressions of one value, of a schema check, and of what cannot be
  /// paused.
  uint64_t expression_steps_max = 50'000'000;
  uint64_t schema_steps_max = 50'000'000;
  uint64_t decision_steps_max = 100'000'000;
  size_t for_each_parallel = 10; ///< a FOR_EACH without maxParallel
  bool messages_enabled = true;  ///< PULL_WORKFLOW_MESSAGES is on
  size_t messages_max = 1'000;   ///< per inbox
  size_t inbox_bytes_max = 32 << 20;
  int64_t message_ttl_ms = 86'400'000;
  size_t message_batch_max = 100;
  work_times work;
  size_t goto_jumps_max
      = 1'000; ///< per GOTO task; its maxJumps cannot exceed it
  size_t depth_max
      = 100; ///< length of a chain of executions that start one another
  /// Executions that begin with one that a client started.
  int64_t family_executions_max = 1'000'000;
  uint64_t family_bytes_max = uint64_t(16) << 30; ///< of their inputs
  /// A task that an operator took out of its queue is queued again after this
  /// time.
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
  /// Null: internal queues without a limit.
  const event_sinks* sinks = nullptr;
  const output_cache* outputs = nullptr; ///< null: nothing is cached
};

// Effects: messages to others, sent after the events are durable.

/// The row of a waiting task in its queue (reference:workers#queues).
struct queue_row {
  std::string queue; ///< "[domain:]type"
  std::string task_id;
  int32_t priority = 0;
  int64_t visible_at
      = 0;         ///< epoch ms; polls see the row from then on; also its age
  int32_t seq = 0; ///< order of rows created in the same ms
  std::string limited_by; ///< task definition; empty: no limit counts it
  task_limit own_limit;   ///< from the execution's copy of that definition
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
/// A message in an event queue of this store (reference:event), or of another
/// system. The same id at the same time is the same message, however often it
/// is put.
struct publish_message {
  std::string queue; ///< without the provider
  std::string id;    ///< of the task, or of its transition
  int64_t at = 0;
  payload content;
  std::string provider = {}; ///< empty: this store
};
struct retract_message {
  std::string queue, id;
  int64_t at = 0;
};

/// A completed output to be cached until it expires (cacheConfig).
struct cache_output {
  std::string name, key;
  payload output;
  int64_t expires_at = 0; ///< epoch ms
};

/// A worker begins (or ends) to hold the row (decision/leases.hpp).
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
  /// The task of an update or hand-out; empty when no task matched.
  std::string task_id;
  /// The id that `push_message` gave its message.
  std::string message_id;
  /// Set: nothing was decided, send the command to that execution (a retry with
  /// resume goes to the deepest failed child).
  std::string redirect;
  /// Limits that were reached, once for each time.
  std::vector<const bound*> reached;
  /// Payloads above `limits::task_payload_bytes_warning`.
  int64_t large_payloads = 0;
  /// False: the command found nothing to do, for example a hand-out of a task
  /// that no longer waits, or a duplicate.
  bool effective = true;
  /// The events need no sync of their own: losing them only means that the task
  /// is offered again.
  bool may_wait = false;
  /// The bound on events was reached: commit this part, then call
  /// `continue_decision`. The rest is found in the state, also after a crash:
  /// `state::next_deadline` lies in the past until it is done.
  bool unfinished = false;
};

/// The decision may call `decision_context::scripts`, and then takes as long as
/// they run.
bool may_run_scripts(const state& execution, const workflow_command& what);

/// Decides one command. Advances `execution` by exactly the returned events,
/// through `state::apply` alone: a copy of the state would be too expensive for
/// a fork with 10,000 branches. Reads no clock, store, actor or log.
decision decide(state& execution, const workflow_command& what,
                const decision_context& context);

/// Continues a decision that returned `unfinished`.
decision continue_decision(state& execution, cause why,
                           const decision_context& context);

} // namespace tutti::engine
