#pragma once

#include "messages/envelope.hpp"
#include "messages/model/commands.hpp"
#include "messages/model/task_limit.hpp"
#include "messages/requests/answers.hpp"

#include <memory>
#include <string>
#include <vector>

namespace tutti {

// What shards and queues ask each other on behalf of executions. No client
// sends these; they will travel between nodes.

/// A waiting task, as its queue sees it.
struct waiting_task {
  std::string queue; ///< "[domain:]type"
  std::string workflow_id, task_id;
  int32_t priority = 0;
  int64_t visible_at = 0;
  int32_t seq = 0;
  /// The task definition whose limits count it; empty: none do.
  std::string limited_by = {};
  /// What the execution's own copy of that definition says: it holds while
  /// none is registered under that name.
  task_limit own_limit = {};
};

/// Where do these rows of one queue stand? JSON, in the order asked: what
/// `explain` says about each.
struct locate_in_queue {
  using response = document;
  std::vector<waiting_task> tasks;
};
/// An outbox message arrives at the shard of its addressee. Answered after the
/// addressee's decision is durable; may arrive twice.
struct accept_outbox_message {
  using response = answer;
  std::shared_ptr<const outbox_message> what;
  /// It has just been written and was never sent before: what it starts cannot
  /// have begun.
  bool first_time = false;
};
/// The use of an idempotency key is to be looked for from this attempt on.
struct advance_key_attempt {
  using response = done;
  std::string name, key;
  uint32_t attempt = 0;
};
/// A slot for an execution that does not exist yet. Answered once it is stored;
/// errc::too_many when none is free.
struct try_slot {
  using response = answer;
  slot_request what;
};
/// Who has the slots of a rateLimitKey, and how many wait before that
/// execution? JSON: what `explain` says about it.
struct read_slots {
  using response = document;
  std::string name, key, workflow_id;
};
/// By the id of the execution, or of a task of it.
struct read_execution_head {
  using response = execution_head;
  std::string workflow_id;
  std::string task_id; ///< when not empty, it leads to the execution
};

} // namespace tutti
