#pragma once

#include "actors/queue/hand_out.hpp"
#include "actors/queue/parked_polls.hpp"
#include "actors/queue/queue_context.hpp"
#include "actors/queue/queue_window.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tutti {

/// A poll and the tasks popped for it so far.
struct served_poll {
  parked_poll poll;
  size_t wanted = 1;
  std::vector<granted_task> tasks;
  uint64_t bytes = 0; ///< about what its answer has so far
};

struct queue_state {
  static constexpr const char* name = "queue";

  explicit queue_state(queue_actor::pointer self) : self(self) {}

  queue_actor::pointer self;
  queue_context_pointer context;
  std::string queue; ///< "[domain:]type"
  std::optional<queue_window> window;
  std::shared_ptr<queue_gauges> gauges; ///< null: nobody looks
  parked_polls parked;
  uint64_t next_arrival = 1;
  /// The current poll while more rows are read.
  std::optional<served_poll> serving;
  std::optional<std::string> unknown_limit;
  /// When to repeat failed reads of the window and of overdue hand-outs.
  parked_poll::instant read_again, check_again;
  bool counted = false, draining = false;
  /// Definitions whose limits block tasks, and when to ask again; 0: after
  /// `limit_eased`.
  std::map<std::string, int64_t> blocked;
  /// Ticks under way: a new one is sent only if none of them is early enough.
  std::set<parked_poll::instant> ticks;

  /// Reads rows until the window has the best one, then calls `then`. Later
  /// messages wait.
  void when_read(std::function<void()> then);
  /// Rereads all rows, whatever is in memory.
  void reload(const reply<queue_figures>& done);
  void offer(std::vector<waiting_task> tasks);
  void poll(envelope<poll_tasks> x);
  void hand_out_ended(tutti::hand_out_ended& x);
  void limit_eased(const tutti::limit_eased& x);
  void locate(const envelope<locate_in_queue>& x);
  void lend(const lend_polls& x);
  void serve();
  void tick();
  queue_figures figures() const;
  /// Writes its gauges.
  void show() const;
  void describe(const reply<document>& done);
  void stop_serving();

 private:
  /// Rows must be read before the next hand-out, and may be read now.
  bool must_read();
  void read_on(std::function<void()> then);
  /// Adds tasks from the window to the poll.
  void take_for(served_poll& x);
  void end(served_poll x);
  /// Reads the stored leases and grants of a limited definition, then serves.
  void learn_limit(const std::string& definition);
  /// The best task in memory that its limits grant. nullopt also when
  /// `unknown_limit` must be read first.
  std::optional<granted_task> take_next();
  void count_limit(const waiting_task& x, const limit_verdict& verdict) const;
  void ask_limits_again();
  void check_hand_outs(const std::vector<waiting_task>& overdue);
  void tell_elsewhere();
  bool wanted_elsewhere() const;
  void arm();
  void arm_at(parked_poll::instant when);
  parked_poll::instant now() const;

 public:
  int64_t now_ms() const { return context->clock->now_ms(); }
};

/// What `describe_queue` answers of a queue that has no actor, because nothing
/// waits in it. For threads that may block.
result<document> describe_idle(const storage::store& from,
                               const queue_context_pointer& context,
                               const std::string& queue);

/// `is_new`: it has no rows in the store but those that will be offered.
queue_actor::behavior_type
task_queue(queue_actor::stateful_pointer<queue_state> self, std::string queue,
           queue_context_pointer context, bool is_new);

} // namespace tutti
