#pragma once

#include "actors/queue/queue_context.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace tutti {

namespace queue_manager_detail {

/// A queue's name in the request, and the queue; null: it does not exist, or is
/// an event queue, which has no actor.
struct asked_queue {
  std::string key, name;
  queue_actor queue;
};

/// Answers come on the queues' threads.
class idle_desk {
 public:
  using figures = std::vector<std::pair<std::string, queue_figures>>;

  void put(std::string name, queue_figures x) {
    std::lock_guard guard{mutex_};
    all_.emplace_back(std::move(name), x);
  }
  figures take() {
    std::lock_guard guard{mutex_};
    return std::exchange(all_, {});
  }

 private:
  std::mutex mutex_;
  figures all_;
};

} // namespace queue_manager_detail

/// The queues of a node, found by name and started on first use.
struct queue_manager_state {
  using names_list = std::vector<std::string>;
  static constexpr const char* name = "queues";

  explicit queue_manager_state(queue_manager_actor::pointer self)
      : self(self) {}

  queue_manager_actor::pointer self;
  queue_context_pointer context;
  std::map<std::string, queue_actor, std::less<>> queues;
  /// Queues that have or had tasks: operators see these. A queue without an
  /// actor has rows in the store.
  std::set<std::string, std::less<>> used;
  /// Queues without an actor that tasks were taken from: they may be empty.
  std::set<std::string, std::less<>> withdrawn_unstarted;
  /// Of each queue in `queues`; a poll uses it until its timeout.
  std::map<std::string, std::chrono::steady_clock::time_point, std::less<>>
      last_used;
  /// What queues that nobody used for a while say about themselves.
  std::shared_ptr<queue_manager_detail::idle_desk> idle_desk
      = std::make_shared<queue_manager_detail::idle_desk>();
  /// Queues with tasks that were not looked at since the start.
  std::vector<std::string> unseen;
  bool draining = false;
  std::chrono::steady_clock::time_point next_retirement, next_memory_look;
  /// Polls are to be written, and a tick for that is under way.
  bool polls_unwritten = false;

  /// Starts it if need be. `is_new`: there are no rows to be read.
  const queue_actor& queue(const std::string& name, bool is_new = false,
                           std::chrono::milliseconds used_for = {});
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
  void describe(const std::set<std::string>& names,
                const reply<document>& done);
  void requeue(const envelope<requeue_tasks>& x);
  void poll_data(const envelope<read_poll_data>& x) const;
  void limit_eased(const tutti::limit_eased& x);
  void locate(envelope<locate_in_queue>& x);
  void offer_elsewhere(const tutti::offer_elsewhere& x);
  void lend(const lend_polls& x);
  void drain_all(const drain& x);
  void look_around();
  void look_at_waiting();
  void note_poll(const poll_tasks& x);
  void write_polls();
  /// Queues that nobody uses must not accumulate: those without tasks end, the
  /// others are asked, and come back from the store.
  void retire();
  void give_up_idle();
  /// Queues that never had an actor and have no rows any more.
  void forget_empty();
  /// How long a queue that nobody uses stays.
  std::chrono::milliseconds patience() const;
  void look_at_memory();
  void give_up(const std::string& name);
  void retire_later();
};

queue_manager_actor::behavior_type
task_queues(queue_manager_actor::stateful_pointer<queue_manager_state> self,
            queue_context_pointer context);

} // namespace tutti
