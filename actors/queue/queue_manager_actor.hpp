#pragma once

#include "actors/queue/queue_context.hpp"

#include <map>
#include <set>
#include <string>

namespace tutti {

namespace queue_manager_detail {

/// A queue's name in the request, and the queue; null: it does not exist, or is
/// an event queue, which has no actor.
struct asked_queue {
  std::string key, name;
  queue_actor queue;
};

} // namespace queue_manager_detail

/// The queues of a node, found by name and started on first use.
struct queue_manager_state {
  static constexpr const char* name = "queues";

  explicit queue_manager_state(queue_manager_actor::pointer self)
      : self(self) {}

  queue_manager_actor::pointer self;
  queue_context_pointer context;
  std::map<std::string, queue_actor, std::less<>> queues;
  /// Queues that have or had tasks: operators see these.
  std::set<std::string, std::less<>> used;
  /// Other queues exist only because they were polled recently.
  std::map<std::string, std::chrono::steady_clock::time_point, std::less<>>
      polled_only;
  bool draining = false;
  std::chrono::steady_clock::time_point next_retirement;
  /// Polls are to be written, and a tick for that is under way.
  bool polls_unwritten = false;

  const queue_actor& queue(const std::string& name);
  queue_manager_detail::asked_queue find(const std::string& key,
                                         const std::string& name);
  void offer(offer_tasks& x);
  void withdraw(withdraw_tasks& x);
  void poll(envelope<poll_tasks>& x);
  void cancel(envelope<cancel_poll>& x);
  void sizes(const envelope<read_queue_sizes>& x);
  void size(const envelope<read_queue_size>& x);
  void list(const envelope<list_queues>& x);
  void describe(const envelope<describe_queues>& x);
  void requeue(const envelope<requeue_tasks>& x);
  void poll_data(const envelope<read_poll_data>& x) const;
  void limit_eased(const tutti::limit_eased& x);
  void locate(envelope<locate_in_queue>& x);
  void drain_all(const drain& x);
  void look_around();
  void note_poll(const poll_tasks& x);
  void write_polls();
  /// Clients may poll any name: queues without tasks must not accumulate.
  void retire();
  void retire_later();
};

queue_manager_actor::behavior_type
task_queues(queue_manager_actor::stateful_pointer<queue_manager_state> self,
            queue_context_pointer context);

} // namespace tutti
