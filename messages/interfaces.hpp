#pragma once

#include "messages/model/task_limit.hpp"
#include "messages/requests.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/type_id.hpp>
#include <caf/typed_actor.hpp>

#include <memory>

// The map of the system: who can be told what. Replies travel as
// `tutti::reply` inside the message (one hop, any thread), so every handler
// here "reacts to" and never blocks its sender.

namespace tutti::engine {
struct script_result;
} // namespace tutti::engine

namespace tutti {

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

/// These rows are durable: they may be handed out.
struct offer_tasks {
  std::vector<waiting_task> tasks;
};
/// These rows are gone (ended, cancelled, requeued): forget them.
struct withdraw_tasks {
  std::vector<waiting_task> tasks;
};
/// Where do these rows of one queue stand? JSON, in the order asked: what
/// `explain` says about each.
struct locate_in_queue {
  std::vector<waiting_task> tasks;
  reply<answer> done;
};
struct parked_poll;
/// Queue to itself: what is left to do after a hand-out.
struct hand_out_ended {
  std::vector<waiting_task> failed; ///< no answer: to be offered again, later
  std::shared_ptr<parked_poll> empty_handed; ///< got nothing: waits on
};
/// A limit of that task definition lets tasks go on, in these queues; without
/// names: in all, the definition was changed.
struct limit_eased {
  std::string definition;
  std::vector<std::string> queues;
};
/// Calls the execution's next deadline; replaces the earlier call. `due` 0
/// takes it back. Durable already.
struct schedule_timer {
  std::string workflow_id;
  int64_t due = 0;
};
/// Outbox messages that are durable in the shard's outbox, in the order of
/// `number`.
struct stored_outbox_message {
  uint64_t number = 0; ///< position in the outbox of the sender's shard
  std::shared_ptr<const outbox_message> what;
};
struct deliver_outbox_messages {
  std::vector<stored_outbox_message> outbox_messages;
};
/// An outbox message arrives at the shard of its addressee. Answered after the
/// addressee's decision is durable; may arrive twice.
struct accept_outbox_message {
  std::shared_ptr<const outbox_message> what;
  reply<answer> done;
};
/// The use of an idempotency key is to be looked for from this attempt on.
struct advance_key_attempt {
  std::string name, key;
  uint32_t attempt = 0;
  reply<answer> done;
};
/// A slot for an execution that does not exist yet. Answered once it is stored;
/// errc::too_many when none is free.
struct try_slot {
  slot_request what;
  reply<answer> taken;
};
/// Who has the slots of a rateLimitKey, and how many wait before that
/// execution? JSON: what `explain` says about it.
struct read_slots {
  std::string name, key, workflow_id;
  reply<answer> done;
};
/// The decision went through the store.
struct committed {
  uint64_t ticket = 0;
  bool ok = true;
};
/// Scheduler to workflow: stop if you are idle. It comes after every call that
/// was forwarded, so an actor that stops has missed nothing.
struct go_to_sleep {};
/// Workflow to scheduler: the answer to go_to_sleep.
struct slept {
  std::string workflow_id;
  bool asleep = false;
};
/// Workflow to itself or a service to itself: look at the clock.
struct tick {};
/// Workflow to scheduler: hand-outs may have waited long enough for a commit to
/// ride on; whoever still waits is to write.
struct flush_deferred {};
/// The node's clock was moved: look at it again.
struct clock_moved {};
/// Finish what is under way, accept nothing new, answer when quiet.
struct drain {
  reply<done> finished;
};
struct script_job;
/// Pool to evaluator: run this one, then ask the pool for more.
struct evaluate_script {
  std::shared_ptr<script_job> job;
};
/// Evaluator to workflow: what the script came to that its decision waits for.
struct script_evaluated {
  uint64_t ticket = 0;
  std::shared_ptr<engine::script_result> what;
};
/// Who runs, for the operator: `running` names the actor's shard or queue.
struct report_incidents {
  reply<answer> done;
};
struct release_incident {
  std::string workflow_id;
  reply<answer> done;
};

/// Queues to the system tasks: this queue is in use now.
struct queue_appeared {
  std::string queue;
};
/// System tasks to themselves: what a poll came to.
struct system_tasks_polled {
  std::string queue;
  std::vector<std::string> tasks; ///< JSON, as workers get them
};
/// System tasks to themselves: the work of a task is over.
struct system_task_ended {
  std::string queue;
  std::shared_ptr<const task_result> outcome;
};
/// System tasks to themselves: an outcome was taken, or has to be given again.
struct system_task_told {
  std::string queue;
  std::shared_ptr<const task_result> outcome;
  bool again = false;
};

} // namespace tutti

CAF_BEGIN_TYPE_ID_BLOCK(tutti, caf::first_custom_type_id)
CAF_ADD_TYPE_ID(tutti, (tutti::start_workflow))
CAF_ADD_TYPE_ID(tutti, (tutti::call_workflow))
CAF_ADD_TYPE_ID(tutti, (tutti::restart_workflow))
CAF_ADD_TYPE_ID(tutti, (tutti::rerun_workflow))
CAF_ADD_TYPE_ID(tutti, (tutti::remove_workflow))
CAF_ADD_TYPE_ID(tutti, (tutti::read_execution))
CAF_ADD_TYPE_ID(tutti, (tutti::list_executions))
CAF_ADD_TYPE_ID(tutti, (tutti::poll_tasks))
CAF_ADD_TYPE_ID(tutti, (tutti::append_task_log))
CAF_ADD_TYPE_ID(tutti, (tutti::read_task_logs))
CAF_ADD_TYPE_ID(tutti, (tutti::queue_query))
CAF_ADD_TYPE_ID(tutti, (tutti::register_workflows))
CAF_ADD_TYPE_ID(tutti, (tutti::register_tasks))
CAF_ADD_TYPE_ID(tutti, (tutti::remove_definition))
CAF_ADD_TYPE_ID(tutti, (tutti::incident_query))
CAF_ADD_TYPE_ID(tutti, (tutti::advance_clock))
CAF_ADD_TYPE_ID(tutti, (tutti::offer_tasks))
CAF_ADD_TYPE_ID(tutti, (tutti::withdraw_tasks))
CAF_ADD_TYPE_ID(tutti, (tutti::schedule_timer))
CAF_ADD_TYPE_ID(tutti, (tutti::deliver_outbox_messages))
CAF_ADD_TYPE_ID(tutti, (tutti::accept_outbox_message))
CAF_ADD_TYPE_ID(tutti, (tutti::committed))
CAF_ADD_TYPE_ID(tutti, (tutti::go_to_sleep))
CAF_ADD_TYPE_ID(tutti, (tutti::slept))
CAF_ADD_TYPE_ID(tutti, (tutti::tick))
CAF_ADD_TYPE_ID(tutti, (tutti::flush_deferred))
CAF_ADD_TYPE_ID(tutti, (tutti::clock_moved))
CAF_ADD_TYPE_ID(tutti, (tutti::drain))
CAF_ADD_TYPE_ID(tutti, (tutti::report_incidents))
CAF_ADD_TYPE_ID(tutti, (tutti::release_incident))
CAF_ADD_TYPE_ID(tutti, (tutti::hand_out_ended))
CAF_ADD_TYPE_ID(tutti, (tutti::read_definitions))
CAF_ADD_TYPE_ID(tutti, (tutti::event_queue_query))
CAF_ADD_TYPE_ID(tutti, (tutti::queue_appeared))
CAF_ADD_TYPE_ID(tutti, (tutti::system_tasks_polled))
CAF_ADD_TYPE_ID(tutti, (tutti::system_task_ended))
CAF_ADD_TYPE_ID(tutti, (tutti::system_task_told))
CAF_ADD_TYPE_ID(tutti, (tutti::check_scripts))
CAF_ADD_TYPE_ID(tutti, (tutti::evaluate_script))
CAF_ADD_TYPE_ID(tutti, (tutti::script_evaluated))
CAF_ADD_TYPE_ID(tutti, (tutti::register_schemas))
CAF_ADD_TYPE_ID(tutti, (tutti::remove_schema))
CAF_ADD_TYPE_ID(tutti, (tutti::try_slot))
CAF_ADD_TYPE_ID(tutti, (tutti::read_slots))
CAF_ADD_TYPE_ID(tutti, (tutti::advance_key_attempt))
CAF_ADD_TYPE_ID(tutti, (tutti::limit_eased))
CAF_ADD_TYPE_ID(tutti, (tutti::read_history))
CAF_ADD_TYPE_ID(tutti, (tutti::explain_workflow))
CAF_ADD_TYPE_ID(tutti, (tutti::locate_in_queue))
CAF_END_TYPE_ID_BLOCK(tutti)

// All of them stay inside one process: they carry replies and shared payloads.
// What peers say to each other is protobuf (messages/proto).
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::start_workflow)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::call_workflow)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::restart_workflow)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::rerun_workflow)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::remove_workflow)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::read_execution)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::list_executions)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::poll_tasks)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::append_task_log)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::read_task_logs)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::queue_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::register_workflows)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::register_tasks)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::remove_definition)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::incident_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::advance_clock)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::offer_tasks)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::withdraw_tasks)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::schedule_timer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::deliver_outbox_messages)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::accept_outbox_message)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::committed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::go_to_sleep)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::slept)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::flush_deferred)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::clock_moved)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::drain)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::report_incidents)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::release_incident)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::hand_out_ended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::read_definitions)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::event_queue_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::queue_appeared)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::system_tasks_polled)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::system_task_ended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::system_task_told)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::check_scripts)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::evaluate_script)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::script_evaluated)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::register_schemas)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::remove_schema)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::try_slot)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::read_slots)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::advance_key_attempt)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::limit_eased)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::read_history)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::explain_workflow)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::locate_in_queue)

namespace tutti {

/// The only spelling of an interface that later CAF versions share with this
/// one: `actor_of<message, ...>`.
template <class... Messages>
using actor_of = caf::typed_actor<caf::reacts_to<Messages>...>;

/// Turns an external request into a message for its owner. One per I/O thread.
using gateway_actor
    = actor_of<start_workflow,     // definition resolved -> scheduler
               call_workflow,      // -> scheduler of the id's shard
               restart_workflow,   // resolves the latest definition
               rerun_workflow,     // finds whose task it is
               remove_workflow,    // -> scheduler
               read_execution,     // -> scheduler; a task id leads to its shard
               read_history,       // -> scheduler
               explain_workflow,   // -> scheduler
               list_executions,    // asks every shard, merges
               poll_tasks,         // -> queues
               append_task_log,    // -> scheduler
               read_task_logs,     // reads the store
               queue_query,        // -> queues
               event_queue_query,  // peeks in the store; -> scheduler
               incident_query,     // asks every shard
               read_definitions,   // answered from the snapshot
               register_workflows, // -> metadata
               register_tasks,     // -> metadata
               remove_definition,  // -> metadata
               check_scripts,      // -> the pool of evaluators
               register_schemas,   // -> metadata
               remove_schema,      // -> metadata
               advance_clock,      // test clock only
               drain>;

/// One per shard: starts, finds, supervises, wakes and puts to sleep the
/// workflow actors of its shard.
using scheduler_actor
    = actor_of<call_workflow,         // wakes the execution if needed, forwards
               read_execution,        // the same
               read_history,          // the same, read from the store
               explain_workflow,      // the same
               remove_workflow,       // rows are deleted, the actor ends
               list_executions,       // this shard's part
               append_task_log,       // one row, no execution is woken
               accept_outbox_message, // start_other spawns; commands are
                                      // forwarded
               event_queue_query,     // acknowledges a message of this shard
               slept,               // a workflow actor's answer to go_to_sleep
               advance_key_attempt, // one row
               report_incidents,    // executions parked after repeated crashes
               release_incident,    // lets one try again
               tick,                // looks for idle executions
               flush_deferred, // hand-outs nobody committed are to be written
               drain>;

/// One per active execution: decide -> commit -> effects, one input after
/// another. All calls come through its scheduler.
using workflow_actor
    = actor_of<call_workflow,         // one decision
               accept_outbox_message, // a decision asked for by another
                                      // execution
               read_execution,   // answers after what is under way is durable
               read_history,     // the same; read aside, by an actor of its own
               explain_workflow, // asks the queues of its waiting tasks
               remove_workflow,  // its rows are deleted or hidden from lists
               committed,        // a decision became durable: run its effects
               script_evaluated, // the decision under way goes on
               tick,             // write what was allowed to wait
               go_to_sleep>;

/// One per node: finds or starts the queue of a name, hands messages on.
using queue_manager_actor
    = actor_of<offer_tasks,     // -> queue
               withdraw_tasks,  // -> queue
               poll_tasks,      // -> queue
               limit_eased,     // -> queues whose tasks waited for it
               locate_in_queue, // -> queue
               queue_query,     // gathers from all queues
               clock_moved,     // -> every queue
               tick,            // lets go of queues that were only polled once
               drain>;

/// One per task type and domain: ready list, delayed list, parked polls; a
/// window over its persisted rows.
using queue_actor
    = actor_of<offer_tasks, withdraw_tasks,
               poll_tasks,  // answered now, or when a task comes, or at timeout
               queue_query, // this queue's numbers
               hand_out_ended,
               limit_eased,     // blocked tasks may be handed out
               locate_in_queue, // where tasks stand, and what holds them up
               tick, // delayed tasks became visible; a poll timed out
               clock_moved, drain>;

/// One per shard: the next horizon of the persisted deadlines.
using timer_actor = actor_of<schedule_timer, tick, clock_moved>;

/// One per shard: delivers the outbox until it is acknowledged.
using outbox_relay_actor = actor_of<deliver_outbox_messages, tick, drain>;

/// One per node: polls the queues of HTTP, KAFKA_PUBLISH, ... like a worker,
/// has the work done off the actors, and updates the tasks.
using system_tasks_actor = actor_of<queue_appeared, system_tasks_polled,
                                    system_task_ended, system_task_told, drain>;

/// Each owns a helper process that runs scripts, and a thread that may wait for
/// it.
using evaluator_actor = actor_of<evaluate_script>;
/// One per node: forgets kept outputs that expired.
using output_cache_actor = actor_of<tick, clock_moved>;
/// One per node: takes messages out of event queues that are too old.
using event_janitor_actor = actor_of<tick, clock_moved>;

/// One per shard: the keeper of the slots of rateLimitConfigs whose key leads
/// here.
using concurrency_limiter_actor
    = actor_of<accept_outbox_message, // a request, stored before it is answered
               try_slot,              // policy REJECT: at once, or not at all
               read_slots,            // answered from memory
               tick>;                 // reads what is stored

/// Definitions: the one writer. Readers use the snapshot it publishes.
using metadata_actor
    = actor_of<register_workflows, register_tasks, remove_definition,
               register_schemas, remove_schema>;

} // namespace tutti
