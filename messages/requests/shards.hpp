#pragma once

#include "messages/envelope.hpp"
#include "messages/model/commands.hpp"
#include "messages/model/task_limit.hpp"
#include "messages/requests/answers.hpp"

#include <memory>
#include <string>
#include <vector>

namespace tutti {

// Requests between shards and queues on behalf of executions. Clients do not
// send them.

/// A waiting task as its queue knows it.
struct waiting_task {
  std::string queue; ///< "[domain:]type"
  std::string workflow_id, task_id;
  int32_t priority = 0;
  int64_t visible_at = 0;
  int32_t seq = 0;
  /// The task definition whose limits count it; empty: none.
  std::string limited_by = {};
  /// The limits in the execution's own copy of that definition, used while no
  /// definition is registered under that name.
  task_limit own_limit = {};
  /// Of its input, for a poll's answer; rows of small tasks leave it out.
  int64_t input_bytes = 0;
};

/// Where these rows of one queue are, as JSON in the given order, for
/// `explain`.
struct locate_in_queue {
  using response = document;
  std::vector<waiting_task> tasks;
};
/// An outbox message arrives at the shard of its receiver. Answered when the
/// receiver's decision is durable; may arrive twice.
struct accept_outbox_message {
  using response = answer;
  std::shared_ptr<const outbox_message> what;
  /// Sent for the first time, directly after its commit: the execution that it
  /// starts cannot exist yet.
  bool first_time = false;
};
/// Searches for the use of an idempotency key begin at this attempt from now
/// on, or at a later one: `document::next` is the one they begin at. Attempt 0
/// only asks.
struct advance_key_attempt {
  using response = document;
  std::string name, key;
  uint32_t attempt = 0;
};
/// Takes a slot for an execution that does not exist yet. Answered when it is
/// stored; errc::too_many when no slot is free.
struct try_slot {
  using response = answer;
  slot_request what;
};
/// The holders of a rateLimitKey's slots, and how many wait before that
/// execution, as JSON for `explain`.
struct read_slots {
  using response = document;
  std::string name, key, workflow_id;
};
/// By the id of the execution or of one of its tasks.
struct read_execution_head {
  using response = execution_head;
  std::string workflow_id;
  std::string task_id;             ///< not empty: the execution is found by it
  std::string reference_name = {}; ///< not empty: its latest task is named
};

} // namespace tutti
