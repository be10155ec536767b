#pragma once

#include "messages/request_list.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/type_id.hpp>
#include <caf/typed_actor.hpp>

#include <functional>
#include <memory>

// The map of the system: which actor takes which message. A request comes in an
// `envelope`; its reply goes directly to the asker (one hop, any thread).
// Therefore no handler returns a value to CAF, and no sender waits.

namespace tutti::engine {
struct script_result;
} // namespace tutti::engine

namespace tutti {

/// These rows are durable and may be handed out.
struct offer_tasks {
  std::vector<waiting_task> tasks;
};
/// These rows are erased (ended, cancelled, requeued): forget them.
struct withdraw_tasks {
  std::vector<waiting_task> tasks;
};
/// Rows in a queue, and rows that were handed out.
struct queue_figures {
  int64_t size = 0, handed_out = 0;
};
/// Queue manager to a queue.
struct count_queue {
  reply<queue_figures> done;
};
/// The same after rereading its rows.
struct reload_queue {
  reply<queue_figures> done;
};
/// The queue's part of `describe_queues`, as JSON.
struct describe_queue {
  reply<document> done;
};
struct parked_poll;
/// Queue to itself: the rest of a hand-out.
struct hand_out_ended {
  std::vector<waiting_task> failed; ///< no answer: offer them again later
  std::shared_ptr<parked_poll> empty_handed; ///< got no task: waits on
};
/// Queue manager to a queue, and to itself: another node has polls that wait
/// for its tasks; tell `queue_context::elsewhere` when some are ready.
struct offer_elsewhere {
  std::string queue;
};
/// The same: another node has tasks of this queue. Up to `count` of the polls
/// that wait here are given to `taken`, on the queue's thread and at once, or
/// none. Those that are answered with no task wait here again.
struct lend_polls {
  std::string queue;
  size_t count = 0;
  std::function<void(std::vector<envelope<poll_tasks>>)> taken;
};
/// A limit of that task definition may grant again to tasks of these queues;
/// without names: to all queues, because the definition was changed.
struct limit_eased {
  std::string definition;
  std::vector<std::string> queues;
};
/// Schedules `timer_fired` for the execution at `due`, instead of the earlier
/// instant; 0: none. The row is durable already.
struct schedule_timer {
  std::string workflow_id;
  int64_t due = 0;
};
/// Outbox messages that are durable, in the order of `number`.
struct stored_outbox_message {
  uint64_t number = 0; ///< position in the outbox of the sender's shard
  std::shared_ptr<const outbox_message> what;
};
struct deliver_outbox_messages {
  std::vector<stored_outbox_message> outbox_messages;
};
/// The commit of a decision has ended. Not `ok`: the shard has stopped.
struct committed {
  uint64_t ticket = 0;
  bool ok = true;
};
/// Scheduler to workflow: stop if you are idle. Sent after all forwarded
/// messages, so an actor that stops has missed none.
struct go_to_sleep {};
/// Workflow to scheduler: the answer to go_to_sleep.
struct slept {
  std::string workflow_id;
  bool asleep = false;
  /// False: nothing is stored under its id; the scheduler should ask it now.
  bool asked = true;
};
/// To itself: check the clock.
struct tick {};
/// Workflow to scheduler: some executions have deferred a commit for long
/// enough; tell those that still wait to commit.
struct flush_deferred {};
/// The node's clock was moved: check it again.
struct clock_moved {};
/// Finish running work, refuse new work, answer when done.
struct drain {
  reply<done> finished;
};
struct script_job;
/// Pool to evaluator: run this script, then ask the pool for the next.
struct evaluate_script {
  std::shared_ptr<script_job> job;
};
/// Evaluator to workflow: the result of the script that its decision waits for.
struct script_evaluated {
  uint64_t ticket = 0;
  std::shared_ptr<engine::script_result> what;
};
/// Queue to system tasks: this queue is in use now.
struct queue_appeared {
  std::string queue;
};
/// Schedules to themselves: these firings are durable, start them.
struct start_firings {
  std::vector<firing> what;
};
/// Schedules to themselves: the answer to the start of a firing.
struct firing_answered {
  uint64_t number = 0; ///< of the firing, in this process
  std::shared_ptr<const result<started>> how;
};
/// Schedules to themselves: these executions of a schedule have ended, of those
/// that were asked.
struct schedule_asked {
  std::string schedule;
  std::vector<std::string> ended;
};
/// System tasks to itself: the result of a poll.
struct system_tasks_polled {
  std::string queue;
  std::vector<std::string> tasks; ///< JSON, as workers get them
};
/// System tasks to itself: the work of a task has ended.
struct system_task_ended {
  std::string queue;
  std::shared_ptr<const task_result> outcome;
};
/// System tasks to itself: an update was accepted, or must be repeated.
struct system_task_told {
  std::string queue;
  std::shared_ptr<const task_result> outcome;
  bool again = false;
};
struct peer_letter;
/// To the actor of a peer: a request for it.
struct send_to_peer {
  std::shared_ptr<peer_letter> what;
};
struct link_event;
/// Link to the actor of its peer: it is up, is down, or has brought something.
struct peer_event {
  std::shared_ptr<link_event> what;
};
struct wait_event;
/// Waits to itself: something that a waiting client waits for has happened.
struct wait_step {
  uint64_t wait = 0;
  std::shared_ptr<wait_event> what;
};

} // namespace tutti

// Messages between actors of one node, besides requests.
#define TUTTI_LOCAL_MESSAGES(X)                                                \
  X(offer_tasks)                                                               \
  X(withdraw_tasks)                                                            \
  X(schedule_timer)                                                            \
  X(deliver_outbox_messages)                                                   \
  X(committed)                                                                 \
  X(go_to_sleep)                                                               \
  X(slept)                                                                     \
  X(tick)                                                                      \
  X(flush_deferred)                                                            \
  X(clock_moved)                                                               \
  X(drain)                                                                     \
  X(hand_out_ended)                                                            \
  X(queue_appeared)                                                            \
  X(system_tasks_polled)                                                       \
  X(system_task_ended)                                                         \
  X(system_task_told)                                                          \
  X(evaluate_script)                                                           \
  X(script_evaluated)                                                          \
  X(limit_eased)                                                               \
  X(start_firings)                                                             \
  X(firing_answered)                                                           \
  X(schedule_asked)                                                            \
  X(count_queue)                                                               \
  X(reload_queue)                                                              \
  X(describe_queue)                                                            \
  X(wait_step)                                                                 \
  X(offer_elsewhere)                                                           \
  X(lend_polls)                                                                \
  X(send_to_peer)                                                              \
  X(peer_event)

#define TUTTI_REQUEST_ID(name)                                                 \
  CAF_ADD_TYPE_ID(tutti, (tutti::envelope<tutti::name>))
#define TUTTI_MESSAGE_ID(name) CAF_ADD_TYPE_ID(tutti, (tutti::name))
CAF_BEGIN_TYPE_ID_BLOCK(tutti, caf::first_custom_type_id)
TUTTI_REQUESTS(TUTTI_REQUEST_ID)
TUTTI_LOCAL_MESSAGES(TUTTI_MESSAGE_ID)
CAF_END_TYPE_ID_BLOCK(tutti)
#undef TUTTI_MESSAGE_ID
#undef TUTTI_REQUEST_ID

// Within one process messages are moved, never serialised: envelopes carry
// replies, messages shared payloads. Between nodes they are protobuf
// (messages/wire).
#define TUTTI_IN_MEMORY(name) CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::name)
#define TUTTI_REQUEST_IN_MEMORY(name)                                          \
  CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::envelope<tutti::name>)
TUTTI_REQUESTS(TUTTI_REQUEST_IN_MEMORY)
TUTTI_LOCAL_MESSAGES(TUTTI_IN_MEMORY)
#undef TUTTI_REQUEST_IN_MEMORY
#undef TUTTI_IN_MEMORY

namespace tutti {

/// What an actor's handler takes: a request in its envelope, other messages as
/// they are.
template <class T>
struct message_of {
  using type = T;
};
template <is_request T>
struct message_of<T> {
  using type = envelope<T>;
};

/// The only spelling of an interface that later CAF versions share with this
/// one: `actor_of<message, ...>`.
template <class... Messages>
using actor_of
    = caf::typed_actor<caf::reacts_to<typename message_of<Messages>::type>...>;

template <class... Requests>
using actor_of_requests = actor_of<Requests..., drain>;

/// Turns clients' requests into messages for their owners. One per I/O thread.
/// Takes every client request; gateway_actor.cpp shows where each goes.
using gateway_actor = client_requests::apply<actor_of_requests>;

/// One per shard: starts, finds, supervises, wakes and evicts the workflow
/// actors of its shard.
using scheduler_actor
    = actor_of<call_workflow,         // wakes the execution if needed, forwards
               read_execution,        // the same
               read_execution_head,   // the same
               read_history,          // the same, read from the store
               explain_workflow,      // the same
               remove_workflow,       // rows are deleted, the actor ends
               list_executions,       // this shard's part
               append_task_log,       // one row, of a task that is there
               accept_outbox_message, // start_other spawns; commands are
                                      // forwarded
               acknowledge_event,     // erases a message of this shard
               watch_execution,       // wakes the execution, forwards
               end_watch,             // wakes nobody
               slept,               // a workflow actor's answer to go_to_sleep
               advance_key_attempt, // one row
               list_incidents,      // executions parked after repeated crashes
               release_incident,    // lets one run again
               tick,                // looks for idle executions
               flush_deferred,      // deferred hand-outs are to be committed
               drain>;

/// One per active execution: decide -> commit -> effects, one request after
/// another. All messages come through its scheduler.
using workflow_actor
    = actor_of<call_workflow,         // one decision
               accept_outbox_message, // a decision asked for by another
                                      // execution
               read_execution, // answers after what is under way is durable
               read_execution_head, // the same
               read_history,        // the same; read by an actor of its own
               explain_workflow,    // asks the queues of its waiting tasks
               remove_workflow,     // erases its rows, or hides it from lists
               watch_execution,     // told after the commit that makes it true
               committed,        // a decision became durable: run its effects
               script_evaluated, // continues the suspended decision
               tick,             // commit what was deferred
               go_to_sleep>;

/// One per node: the clients that wait for what an execution comes to, each
/// with its watches and its deadline.
using waits_actor
    = actor_of<execute_workflow, // starts it, and watches it from then on
               call_and_wait,    // commands it, and watches it from then on
               signal_workflow,  // finds the task to signal, in children too
               cancel_wait,      // its client has left
               wait_step,        // an answer
               tick,             // a deadline
               drain>;

/// One per node: finds or starts the queue of a name, forwards messages.
using queue_manager_actor
    = actor_of<offer_tasks,      // -> queue
               withdraw_tasks,   // -> queue
               poll_tasks,       // -> queue
               cancel_poll,      // -> queue
               limit_eased,      // -> the refused queues
               offer_elsewhere,  // -> queue
               lend_polls,       // -> queue
               locate_in_queue,  // -> queue
               read_queue_sizes, // asks these queues
               read_queue_size,  // asks one queue
               list_queues,      // asks all queues
               describe_queues,  // asks all queues
               requeue_tasks,    // has the queues of a type read their rows
               read_poll_data,   // answered from memory
               clock_moved,      // -> every queue
               tick,             // stops queues that never had a task
               drain>;

/// One per queue name: ready list, delayed list, parked polls; a window over
/// its stored rows.
using queue_actor
    = actor_of<offer_tasks, withdraw_tasks,
               poll_tasks,  // answered now, or when a task comes, or at timeout
               cancel_poll, // answers the poll with nothing
               count_queue, describe_queue, reload_queue, hand_out_ended,
               offer_elsewhere, // other nodes are told of tasks
               lend_polls,      // polls are taken to another node
               limit_eased,     // blocked tasks may be handed out
               locate_in_queue, // ranks of tasks, and what delays them
               tick, // delayed tasks became visible; a poll timed out
               clock_moved, drain>;

/// One per shard: the stored deadlines up to a horizon.
using timer_actor = actor_of<schedule_timer, tick, clock_moved>;

/// One per shard: delivers outbox messages until they are acknowledged.
using outbox_relay_actor = actor_of<deliver_outbox_messages, tick, drain>;

/// One per node: polls the queues of HTTP, KAFKA_PUBLISH, ... like a worker,
/// has workers perform the tasks, and updates them.
using system_tasks_actor = actor_of<queue_appeared, system_tasks_polled,
                                    system_task_ended, system_task_told, drain>;

/// Each owns a helper process that runs scripts, and a thread that may block.
using evaluator_actor = actor_of<evaluate_script>;
/// One per node: erases the rows of expired outputs.
using output_cache_actor = actor_of<tick, clock_moved>;
/// One per node: erases expired messages of event queues.
using event_janitor_actor = actor_of<tick, clock_moved>;

/// One per consumer of the feed: reads the commits of all shards, passes them
/// to the consumer, stores its position.
using feed_follower_actor = actor_of<tick>;

/// One per node: searches wait here for the index to have what was
/// acknowledged before them.
using search_actor = actor_of<search_index,         // from the index; bodies
                                                    // from the store
                              summarize_executions, // from the index
                              read_index_status, rebuild_index,
                              tick, // the index has more; a wait has ended
                              drain>;

/// One per shard: grants the slots of rateLimitConfigs whose key leads here.
using concurrency_limiter_actor
    = actor_of<accept_outbox_message, // a request, stored before it is answered
               try_slot,              // policy REJECT: granted now or refused
               read_slots,            // answered from memory
               tick>;                 // reads the stored claims

/// One per shard: the jobs whose ids lead here. Takes the ids that a query
/// finds, then sends commands to them, window by window.
using jobs_actor
    = actor_of<create_job, read_job, list_jobs, control_job, read_job_errors,
               tick, // reads the stored jobs; the rate allows more
               drain>;

/// One per node: archives and removes executions that ended long ago.
using retention_actor = actor_of<read_retention, run_retention, list_archived,
                                 tick, // a run is due, or goes on
                                 clock_moved, drain>;

/// One per shard: the schedules whose name leads here.
using schedules_actor
    = actor_of<save_schedule, remove_schedule, control_schedule, tag_schedule,
               read_schedule,     // answered from memory
               list_schedules,    // the same; this shard's part
               search_firings,    // this shard's part, read from the store
               backfill_schedule, // instants to fire are stored first
               trigger_schedule,  // the same
               hold_schedules,    // until it is resumed
               start_firings,     // they are durable now
               firing_answered,   // an execution started, or not
               scheduled_execution_ended, // one that waits may start
               schedule_asked,            // what is due may be decided
               tick,                      // instants are due
               clock_moved, drain>;

/// One per other node of the cluster: holds the link to it, sends it requests
/// and answers, and has those answered that come from there.
using peer_actor = actor_of<send_to_peer, peer_event,
                            tick, // a deadline; time to connect
                            drain>;

/// The only writer of definitions. Readers use the published snapshot.
using metadata_actor
    = actor_of<register_workflows, register_tasks, register_schemas,
               remove_workflow_definition, remove_task_definition,
               remove_schema, register_event_handlers, remove_event_handler,
               change_tags, limit_workflow>;

} // namespace tutti
