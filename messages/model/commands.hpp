#pragma once

#include "messages/model/requests.hpp"

#include <variant>

namespace tutti::command {

// The commands of an execution. A command is the input of one decision.
// Commands between executions ("from the outbox") may arrive twice.

/// Starts the execution. `head` is complete: id, pinned definition, templated
/// input. A second `start` of the same id changes nothing.
struct start {
  workflow head;
  /// The definition came with the request instead of the registry: it is stored
  /// with the execution and erased with it.
  bool own_definition = false;
  /// The START_WORKFLOW task that is told that the execution exists. It is no
  /// parent: it is told nothing else.
  std::string starter_workflow_id, starter_task_id;
  /// The id that the asker chose, when an idempotency key gave another one.
  std::string instead_of;
};

/// reference:workers#update
struct update_task {
  task_result result;
};

/// Updates a task by its reference; `output` is merged over the present one.
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

/// A queue hands the task to a worker that polled.
struct hand_out {
  std::string task_id, worker_id;
  /// A limit counts it: the worker gets the task only when the event is
  /// durable.
  bool limited = false;
  /// Set by a rate limit: the time of the grant, and the limit's slot that
  /// stores it.
  int64_t granted_at = 0;
  uint32_t slot = 0;
};
/// An operator takes a waiting task out of its queue. It is queued again after
/// `limits::queue_repair_ms`, or by `queue_again`.
struct leave_queue {
  std::string task_id;
};
struct queue_again {
  std::string task_id;
};

/// A deadline of the execution may have passed. Harmless at any time.
struct timer_fired {};
struct decide {};

struct pause {};
struct resume {};
struct terminate {
  std::string reason;
  /// A parent ends its child: an ended execution is no 409 then.
  bool by_parent = false;
  /// The task that ends the execution. If it only follows it, it stops
  /// following.
  std::string parent_task_id = {};
  /// The failure workflow starts, if the execution had not ended before.
  bool failure_workflow = false;
};
struct retry {
  bool resume_sub_workflows = false;
  /// A parent revives its child: having nothing to retry is no error then.
  bool by_parent = false;
  /// The parent's task, which is told when there is nothing to retry.
  std::string task_id = {};
};
struct restart {
  /// The pinned latest definition; null: the execution keeps its own.
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

/// From the outbox: the task's child exists now.
struct child_started {
  std::string task_id, child_id;
  /// The id that the parent chose, when an idempotency key gave another one.
  std::string instead_of = {};
};
/// From the outbox: a task of another execution follows this one
/// (RETURN_EXISTING): it waits for its end without having started it.
struct attach {
  std::string workflow_id, task_id;
  std::string instead_of; ///< the id that the task chose for its child
};
/// From the outbox: the execution holds a slot (rateLimitConfig).
struct slot_granted {
  int32_t generation = 0;
};
/// From the outbox: the child could not be started (unknown definition, bad
/// input).
struct child_not_started {
  std::string task_id, child_id, reason;
};
/// From the outbox: the child reached a terminal status.
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

/// The node restarted: the worker id of a system task belongs to an earlier
/// start, so nobody works on the task any more.
struct worker_lost {
  std::string task_id, worker_id;
};

/// A client puts a message into the inbox for PULL_WORKFLOW_MESSAGES tasks.
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

/// A request to start another execution: of a SUB_WORKFLOW or START_WORKFLOW
/// task, or for a failure workflow. The receiver looks the definition up.
struct start_other {
  std::string workflow_id; ///< chosen by the sender, so that a repeat finds the
                           ///< execution
  std::string name;
  std::optional<int32_t> version;  ///< absent or 0: the latest
  workflow_def_pointer definition; ///< inline
  payload input;
  std::string external_input_path;
  std::map<std::string, std::string> task_to_domain;
  std::string correlation_id;
  int32_t priority = 0;
  std::string idempotency_key;
  std::optional<tutti::idempotency_strategy> idempotency_strategy;
  /// Parent task id empty: a failure workflow, not a child.
  std::string parent_workflow_id, parent_task_id;
  /// START_WORKFLOW: no child, the task is only told the result of the start.
  bool detached = false;
  int32_t depth = 0;  ///< becomes `depth` in the new execution's head
  std::string family; ///< becomes `family` there
};

/// To the concurrency limiter of a rateLimitKey: at most `limit` executions of
/// one workflow name and key run at once.
struct slot_request {
  enum class verb : uint8_t { ask, give_back };
  verb what = verb::ask;
  std::string name, key;
  std::string workflow_id;
  int32_t generation = 0;
  int32_t limit = 0;
};

/// For another system: what an EVENT task or a transition publishes.
struct external_message {
  std::string provider; ///< "kafka", "amqp", ...
  std::string queue;    ///< topic, exchange, ... in that system's words
  /// Stays the same when it is sent again, so that receivers can tell.
  std::string id;
  payload content;
};

/// What one execution says to another, or to another system. Stored in the
/// sender's outbox with the decision that says it, delivered until the receiver
/// has it for good.
struct outbox_message {
  /// Workflow id; of a slot_request `slot_group_id`; of an external_message
  /// `<provider>:<queue>`.
  std::string to;
  std::string from;
  std::variant<start_other, workflow_command, slot_request, external_message>
      what;
};

/// An id that leads to the shard that grants the slots of that key.
std::string slot_group_id(std::string_view name, std::string_view key);

} // namespace tutti
