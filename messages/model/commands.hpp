#pragma once

#include "messages/model/requests.hpp"

#include <variant>

namespace tutti::command {

// Everything that can be asked of one execution. A command is the input of one
// decision; commands between executions (marked "from the outbox") may arrive
// twice.

/// Begins the execution. `head` is complete: id, pinned definition,
/// templated input. A second `start` of the same id changes nothing.
struct start {
  workflow head;
  /// The definition came with the request instead of being registered: it is
  /// stored with the execution and goes with it.
  bool own_definition = false;
  /// The START_WORKFLOW task that is told that the execution exists. It is no
  /// parent: nothing else is ever told to it.
  std::string starter_workflow_id, starter_task_id;
  /// The id that whoever asks knows, when an idempotency key gave another.
  std::string instead_of;
};

/// reference:workers#update
struct update_task {
  task_result result;
};

/// The update that names a reference; `output` is merged over what is there.
struct update_by_reference {
  std::string reference_name;
  task_status status = task_status::completed;
  payload output;
  std::optional<std::string> worker_id;
};

/// Completes the first open WAIT here or in an open child.
struct signal {
  task_status status = task_status::completed;
  payload output;
};

/// A queue gives the task to a worker that polled.
struct hand_out {
  std::string task_id, worker_id;
  /// A limit counts it: the worker gets it only after the mark is durable.
  bool limited = false;
  /// Set by a rate limit: when it was granted, and which of the limit's slots
  /// keeps that time.
  int64_t granted_at = 0;
  uint32_t slot = 0;
};
/// An operator takes a waiting task out of its queue. It comes back by itself
/// after a time (`limits::queue_repair_ms`), or by `queue_again`.
struct leave_queue {
  std::string task_id;
};
struct queue_again {
  std::string task_id;
};

/// Some deadline of the execution may have passed. Harmless at any time.
struct timer_fired {};
struct decide {};

struct pause {};
struct resume {};
struct terminate {
  std::string reason;
  /// Set when a parent ends its child: no 409 for ended executions then.
  bool by_parent = false;
  /// The task that ends it. One that only follows it stops following.
  std::string parent_task_id = {};
};
struct retry {
  bool resume_sub_workflows = false;
  /// Set when a parent revives its child: nothing to retry is no error then.
  bool by_parent = false;
  /// The parent's row, which hears of it when there is nothing to retry.
  std::string task_id = {};
};
struct restart {
  /// The pinned latest definition; null keeps the embedded one.
  workflow_def_pointer definition;
};
struct rerun {
  rerun_request request;
};
struct skip_task {
  std::string reference_name;
  skip_task_request request;
};
struct reset_callbacks {};

/// From the outbox: the child of that task exists now.
struct child_started {
  std::string task_id, child_id;
  /// The id the parent had chosen, when an idempotency key led elsewhere.
  std::string instead_of = {};
};
/// From the outbox: that task waits for the end of this execution too, which it
/// did not start: they share an idempotency key (RETURN_EXISTING).
struct attach {
  std::string workflow_id, task_id;
  std::string instead_of; ///< the id the task had chosen for its child
};
/// From the outbox: the execution may work (rateLimitConfig).
struct slot_granted {
  int32_t generation = 0;
};
/// From the outbox: it could not be started (unknown definition, bad input).
struct child_not_started {
  std::string task_id, child_id, reason;
};
/// From the outbox: it reached a terminal status.
struct child_ended {
  std::string task_id, child_id;
  workflow_status status = workflow_status::completed;
  payload output;
  std::string reason, child_name;
  int32_t child_version = 1;
};
/// From the outbox: a child was retried, restarted or rerun
/// (reference:operators#parents).
struct child_revived {
  std::string task_id, child_id;
  std::string verb; ///< "retried", "restarted", "reran"
};
/// From the outbox: the failure workflow could not be started.
struct failure_workflow_not_started {
  std::string reason;
};

/// The node was started again and says so of a system task that it had been
/// given before: nobody works on it any more.
struct worker_lost {
  std::string task_id, worker_id;
};

/// A client leaves a message for PULL_WORKFLOW_MESSAGES tasks.
struct push_message {
  payload content;
};

/// An operator action that is not in this list: it is found by its name
/// (actors/engine/commands/operation.hpp).
struct operation {
  std::string name;
  payload arguments;
};

} // namespace tutti::command

namespace tutti {

using workflow_command = std::variant<
    command::start, command::update_task, command::update_by_reference,
    command::signal, command::hand_out, command::leave_queue,
    command::queue_again, command::timer_fired, command::decide, command::pause,
    command::resume, command::terminate, command::retry, command::restart,
    command::rerun, command::skip_task, command::reset_callbacks,
    command::child_started, command::child_not_started, command::child_ended,
    command::child_revived, command::failure_workflow_not_started,
    command::push_message, command::attach, command::slot_granted,
    command::worker_lost, command::operation>;

/// An execution that asks for another one: a SUB_WORKFLOW task, a failure
/// workflow. The definition is looked up where the new one starts.
struct start_other {
  std::string workflow_id; ///< chosen by the sender: a repeat finds it started
  std::string name;
  std::optional<int32_t> version;  ///< absent or 0: the latest at that moment
  workflow_def_pointer definition; ///< inline
  payload input;
  std::string external_input_path;
  std::map<std::string, std::string> task_to_domain;
  std::string correlation_id;
  int32_t priority = 0;
  std::string idempotency_key;
  std::optional<tutti::idempotency_strategy> idempotency_strategy;
  /// Empty parent task id: a failure workflow, not a child.
  std::string parent_workflow_id, parent_task_id;
  /// START_WORKFLOW: no child either, the task only hears how the start went.
  bool detached = false;
  int32_t depth = 0; ///< as the new execution's head keeps it
};

/// To the keeper of the slots of one rateLimitKey: `rate_limit.limit` of the
/// executions of a name with the same key run at once.
struct slot_request {
  enum class verb : uint8_t { ask, give_back };
  verb what = verb::ask;
  std::string name, key;
  std::string workflow_id;
  int32_t generation = 0;
  int32_t limit = 0;
};

/// What one execution says to another. Stored in the sender's outbox with the
/// decision that says it, delivered until the receiver's commit is durable.
struct outbox_message {
  std::string to; ///< workflow id; of a slot_request `slot_group_id`
  std::string from;
  std::variant<start_other, workflow_command, slot_request> what;
};

/// Leads to the shard that keeps the slots of that key.
std::string slot_group_id(std::string_view name, std::string_view key);

} // namespace tutti
