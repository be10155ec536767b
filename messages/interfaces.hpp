#pragma once

#include "messages/request_list.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/type_id.hpp>
#include <caf/typed_actor.hpp>

#include <memory>

// The map of the system: who can be told what. A request comes in an
// `envelope`, whose reply goes straight back to whoever asked (one hop, any
// thread): every handler here "reacts to" and never blocks its sender.

namespace tutti::engine {
struct script_result;
} // namespace tutti::engine

namespace tutti {

/// These rows are durable: they may be handed out.
struct offer_tasks {
  std::vector<waiting_task> tasks;
};
/// These rows are gone (ended, cancelled, requeued): forget them.
struct withdraw_tasks {
  std::vector<waiting_task> tasks;
};
/// How much waits in a queue, and how much was handed out.
struct queue_figures {
  int64_t size = 0, handed_out = 0;
};
/// Queue manager to a queue.
struct count_queue {
  reply<queue_figures> done;
};
/// The same, after its rows were read again.
struct reload_queue {
  reply<queue_figures> done;
};
/// JSON: what `describe_queues` says about it.
struct describe_queue {
  reply<document> done;
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
  /// False: it wants to be asked, because nothing is stored under its id.
  bool asked = true;
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

// What actors of one node tell each other, beside requests.
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
  X(count_queue)                                                               \
  X(reload_queue)                                                              \
  X(describe_queue)

#define TUTTI_REQUEST_ID(name)                                                 \
  CAF_ADD_TYPE_ID(tutti, (tutti::envelope<tutti::name>))
#define TUTTI_MESSAGE_ID(name) CAF_ADD_TYPE_ID(tutti, (tutti::name))
CAF_BEGIN_TYPE_ID_BLOCK(tutti, caf::first_custom_type_id)
TUTTI_REQUESTS(TUTTI_REQUEST_ID)
TUTTI_LOCAL_MESSAGES(TUTTI_MESSAGE_ID)
CAF_END_TYPE_ID_BLOCK(tutti)
#undef TUTTI_MESSAGE_ID
#undef TUTTI_REQUEST_ID

// Inside one process they are moved, never copied into bytes: envelopes carry
// replies, messages shared payloads. What peers say to each other is protobuf
// (messages/wire).
#define TUTTI_IN_MEMORY(name) CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::name)
#define TUTTI_REQUEST_IN_MEMORY(name)                                          \
  CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tutti::envelope<tutti::name>)
TUTTI_REQUESTS(TUTTI_REQUEST_IN_MEMORY)
TUTTI_LOCAL_MESSAGES(TUTTI_IN_MEMORY)
#undef TUTTI_REQUEST_IN_MEMORY
#undef TUTTI_IN_MEMORY

namespace tutti {

/// What an actor really gets: a request comes in its envelope.
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

/// Turns a client's request into a message for its owner. One per I/O thread.
/// It takes every request of the list; gateway_actor.cpp says where each goes.
using gateway_actor = client_requests::apply<actor_of_requests>;

/// One per shard: starts, finds, supervises, wakes and puts to sleep the
/// workflow actors of its shard.
using scheduler_actor
    = actor_of<call_workflow,         // wakes the execution if needed, forwards
               read_execution,        // the same
               read_execution_head,   // the same
               read_history,          // the same, read from the store
               explain_workflow,      // the same
               remove_workflow,       // rows are deleted, the actor ends
               list_executions,       // this shard's part
               append_task_log,       // one row, no execution is woken
               accept_outbox_message, // start_other spawns; commands are
                                      // forwarded
               acknowledge_event,     // takes a message of this shard out
               slept,               // a workflow actor's answer to go_to_sleep
               advance_key_attempt, // one row
               list_incidents,      // executions parked after repeated crashes
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
               read_execution, // answers after what is under way is durable
               read_execution_head, // the same
               read_history,     // the same; read aside, by an actor of its own
               explain_workflow, // asks the queues of its waiting tasks
               remove_workflow,  // its rows are deleted or hidden from lists
               committed,        // a decision became durable: run its effects
               script_evaluated, // the decision under way goes on
               tick,             // write what was allowed to wait
               go_to_sleep>;

/// One per node: finds or starts the queue of a name, hands messages on.
using queue_manager_actor
    = actor_of<offer_tasks,      // -> queue
               withdraw_tasks,   // -> queue
               poll_tasks,       // -> queue
               cancel_poll,      // -> queue
               limit_eased,      // -> queues whose tasks waited for it
               locate_in_queue,  // -> queue
               read_queue_sizes, // asks these queues
               read_queue_size,  // asks one queue
               list_queues,      // asks all queues
               describe_queues,  // asks all queues
               requeue_tasks,    // has the queues of a type read their rows
               read_poll_data,   // answered from memory
               clock_moved,      // -> every queue
               tick,             // lets go of queues that were only polled once
               drain>;

/// One per task type and domain: ready list, delayed list, parked polls; a
/// window over its persisted rows.
using queue_actor
    = actor_of<offer_tasks, withdraw_tasks,
               poll_tasks,  // answered now, or when a task comes, or at timeout
               cancel_poll, // answers the poll with nothing
               count_queue, describe_queue, reload_queue, hand_out_ended,
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

/// One per follower of the feed: reads what the commits of all shards changed,
/// hands it to its consumer, stores how far it came.
using feed_follower_actor = actor_of<tick>;

/// One per shard: the keeper of the slots of rateLimitConfigs whose key leads
/// here.
using concurrency_limiter_actor
    = actor_of<accept_outbox_message, // a request, stored before it is answered
               try_slot,              // policy REJECT: at once, or not at all
               read_slots,            // answered from memory
               tick>;                 // reads what is stored

/// Definitions: the one writer. Readers use the snapshot it publishes.
using metadata_actor = actor_of<register_workflows, register_tasks,
                                register_schemas, remove_workflow_definition,
                                remove_task_definition, remove_schema>;

} // namespace tutti
