#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Keys within a shard. The first byte is the kind; a retired kind keeps its
// byte for ever. `text` is the bytes (0x00 -> 01 01, 0x01 -> 01 02) and a 0x00;
// integers are big-endian, so that key order is number order. A trailing `rest`
// is raw up to the end. Values: storage/FORMAT.md.
//
// clang-format off
//   'e' id:text revision:u64                       one decision
//   's' id:text                                    snapshot
//   'c' id:text                                    control row
//   'd' hash                                       pinned definition
//   'i' id:text hash                               definition of one execution
//   'q' queue:text 255-priority:u8 visible_at:u64 seq:u32 task_id:rest
//                                                  waiting task
//   't' due:u64 id:rest                            next deadline
//   'o' number:u64                                 message in the outbox
//   'u' number:u64                                 message to another system
//   'r' name:text version:u32 id:rest              running executions
//   'n' name:text created:u64 id:rest              all executions
//   'l' task_id:text time:u64 counter:u32          task log line
//   'v' queue:text at:u64 id:rest                  message of an event queue
//   'w' definition:text task_id:rest               a task that a worker has
//   'g' definition:text slot:u32                   a hand-out that counts
//   'p' task_type:text domain:rest                 who polled last (shard 0)
//   'f' position:u64                               what commits changed
//   'h'                                            a time that has passed
//                                                  (shard 0)
//   'b' name:text                                  how far a follower has come
//   'J' 'h' id:text                                job
//   'J' 'c' id:text number:u32                     ids of a job
//   'J' 'e' id:text number:u64                     what a job did not do
//   'z' 'd' id:text                                archived execution
//   'z' 'e' ended:u64 id:rest                      the same in a list
//   'j' id:text                                    a heavy execution is woken
// clang-format on

namespace tutti::storage::keys {

std::string event(std::string_view id, int64_t revision);
std::string snapshot(std::string_view id);
std::string control(std::string_view id);
std::string definition(std::string_view hash);
std::string own_definition(std::string_view id, std::string_view hash);
std::string queue(std::string_view queue, int32_t priority, int64_t visible_at,
                  int32_t seq, std::string_view task_id);
std::string timer(int64_t due, std::string_view id);
std::string outbox(uint64_t number);
/// The same for a message to another system.
std::string external_outbox(uint64_t number);
std::string running(std::string_view name, int32_t version,
                    std::string_view id);
std::string named(std::string_view name, int64_t created, std::string_view id);
/// Feed entries that became durable together, by the position of the last one.
std::string feed(uint64_t position);
std::string all_feed();
/// How far a follower of the feed has come.
std::string follower(std::string_view name);
std::string log(std::string_view task_id, int64_t time, uint32_t counter);
std::string message(std::string_view queue, int64_t at, std::string_view id);
/// The lease of a task, by its taskDefName.
std::string lease(std::string_view definition, std::string_view task_id);
/// The time of a hand-out that a rate limit granted. `slot` is reused when the
/// grant has left the limit's window.
std::string grant(std::string_view definition, uint32_t slot);
/// The last poll of a task type in a domain; in shard 0.
std::string poll_mark(std::string_view task_type, std::string_view domain);
/// There while a heavy execution is woken.
std::string waking(std::string_view id);
/// The node's time, as it was now and then; in shard 0.
std::string clock();

// Prefixes for scans.

std::string events_of(std::string_view id);
std::string own_definitions_of(std::string_view id);
std::string rows_of_queue(std::string_view queue);
std::string logs_of(std::string_view task_id);
/// Log lines of all tasks of the execution.
std::string logs_of_workflow(std::string_view workflow_id);
std::string messages_of_queue(std::string_view queue);
std::string all_messages();
std::string leases_of(std::string_view definition);
std::string all_leases();
std::string grants_of(std::string_view definition);
std::string all_poll_marks();
std::string all_queues();
std::string all_timers();
std::string all_outbox_messages();
std::string all_external_messages();
std::string all_running();
std::string running_named(std::string_view name);
std::string all_named();
std::string named(std::string_view name);

// Fields of definitions that act across executions:
//   'k' name:text key:text                      a cached output
//   'a' name:text key:text number:u64           a claim on a slot of a key
//   'x' name:text key:text                      last use of an idempotency key
std::string cached_output(std::string_view name, std::string_view key);
std::string all_cached_outputs();
std::string slot(std::string_view name, std::string_view key, uint64_t number);
std::string slots_of(std::string_view name, std::string_view key);
std::string all_slots();
std::string idempotency(std::string_view name, std::string_view key);

// Registered definitions, in shard 0 (actors/metadata):
//   'm' 'w' name:text version:u32
//   'm' 't' name:text
//   'm' 's' name:text version:u32
//   'm' 'h' name:text                              an event handler
//   'm' 'g' 'w'|'t' name:text                      tags of a workflow, of a
//   task 'm' 'r' name:text                              a workflow's rate limit
std::string registered_workflow(std::string_view name, int32_t version);
std::string registered_task(std::string_view name);
std::string registered_schema(std::string_view name, int32_t version);
std::string registered_handler(std::string_view name);
std::string tags_of_workflow(std::string_view name);
std::string tags_of_task(std::string_view name);
std::string limit_of_workflow(std::string_view name);
std::string all_registered_workflows();
std::string all_registered_tasks();
std::string all_registered_schemas();
std::string all_registered_handlers();
std::string all_tags_of_workflows();
std::string all_tags_of_tasks();
std::string all_limits_of_workflows();

// Jobs (actors/jobs), in the shard of the job's id:

std::string job(std::string_view id);
std::string all_jobs();
std::string job_ids(std::string_view id, uint32_t number);
std::string ids_of_job(std::string_view id);
std::string job_error(std::string_view id, uint64_t number);
std::string errors_of_job(std::string_view id);

// Executions that retention has removed, in the shard of their id:

std::string archived(std::string_view id);
std::string archived_at(int64_t ended, std::string_view id);
std::string all_archived(); ///< in the order of their end
std::string archived_records();
// Schedules, in the shard of `schedule_shard_id` of the name
// (actors/schedules):
//   'S' 'd' name:text                       its definition
//   'S' 's' name:text                       its state
//   'S' 'p' name:text time:u64 cause:u8     a firing that has not ended
//   'S' 'f' name:text time:u64 cause:u8     one that has
std::string schedule(std::string_view name);
std::string schedule_state(std::string_view name);
std::string pending_firing(std::string_view name, int64_t time, uint8_t cause);
std::string firing(std::string_view name, int64_t time, uint8_t cause);
std::string all_schedules();
std::string all_schedule_states();
std::string all_pending_firings();
std::string all_firings();
std::string firings_of(std::string_view name);
std::string pending_firings_of(std::string_view name);

/// The first key after all keys that begin with `prefix`; empty: none.
std::string after(std::string_view prefix);

// Parses keys; nullopt when the key has another kind or is malformed.

struct event_key {
  std::string id;
  int64_t revision;
};
struct queue_key {
  std::string queue;
  int32_t priority;
  int64_t visible_at;
  int32_t seq;
  std::string task_id;
};
struct timer_key {
  int64_t due;
  std::string id;
};
struct running_key {
  std::string name;
  int32_t version;
  std::string id;
};
struct named_key {
  std::string name;
  int64_t created;
  std::string id;
};
struct log_key {
  std::string task_id;
  int64_t time;
};
struct lease_key {
  std::string definition, task_id;
};
struct grant_key {
  std::string definition;
  uint32_t slot;
};
struct poll_mark_key {
  std::string task_type, domain;
};

struct message_key {
  std::string queue;
  int64_t at;
  std::string id;
};

struct cached_output_key {
  std::string name, key;
};
struct firing_key {
  std::string name;
  int64_t time;
  uint8_t cause;
};
struct slot_key {
  std::string name, key;
  uint64_t number;
};

/// What follows the prefix of a row that is kept under one name.
std::optional<std::string> read_name(std::string_view rest);
struct archived_key {
  int64_t ended;
  std::string id;
};

std::optional<archived_key> read_archived_at(std::string_view key);
std::optional<cached_output_key> read_cached_output(std::string_view key);
std::optional<slot_key> read_slot(std::string_view key);
/// The name of a schedule, from the key of its definition or its state.
std::optional<std::string> read_schedule(std::string_view key);
/// Of either kind.
std::optional<firing_key> read_firing(std::string_view key);
std::optional<event_key> read_event(std::string_view key);
std::optional<queue_key> read_queue(std::string_view key);
std::optional<timer_key> read_timer(std::string_view key);
std::optional<uint64_t> read_outbox(std::string_view key);
std::optional<uint64_t> read_external_outbox(std::string_view key);
std::optional<uint64_t> read_feed(std::string_view key);
std::optional<running_key> read_running(std::string_view key);
std::optional<named_key> read_named(std::string_view key);
std::optional<log_key> read_log(std::string_view key);
std::optional<message_key> read_message(std::string_view key);
std::optional<lease_key> read_lease(std::string_view key);
std::optional<grant_key> read_grant(std::string_view key);
std::optional<poll_mark_key> read_poll_mark(std::string_view key);

} // namespace tutti::storage::keys
