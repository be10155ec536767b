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

/// A poll, and the tasks that it has so far.
struct served_poll {
  parked_poll poll;
  size_t wanted = 1;
  std::vector<granted_task> tasks;
};

struct queue_state {
  static constexpr const char* name = "queue";

  explicit queue_state(queue_actor::pointer self) : self(self) {}

  queue_actor::pointer self;
  queue_context_pointer context;
  std::string queue; ///< "[domain:]type"
  std::optional<queue_window> window;
  parked_polls parked;
  uint64_t next_arrival = 1;
  /// While rows are read for it.
  std::optional<served_poll> serving;
  std::optional<std::string> unknown_limit;
  /// After a read that failed, of the window and of overdue hand-outs.
  parked_poll::instant read_again, check_again;
  bool counted = false, draining = false;
  /// Definitions whose tasks a limit holds up, and when to ask again; 0: when
  /// somebody says so.
  std::map<std::string, int64_t> blocked;
  /// Ticks that are under way: a new one is sent only when none comes in time.
  std::set<parked_poll::instant> ticks;

  /// Reads rows that come next until the window holds the best one. Whatever
  /// comes meanwhile waits.
  void when_read(std::function<void()> then);
  /// Reads all of them again, whatever is remembered of them.
  void reload(const reply<queue_figures>& done);
  void offer(std::vector<waiting_task> tasks);
  void poll(envelope<poll_tasks> x);
  void hand_out_ended(tutti::hand_out_ended& x);
  void limit_eased(const tutti::limit_eased& x);
  void locate(const envelope<locate_in_queue>& x);
  void serve();
  void tick();
  queue_figures figures() const;
  void describe(const reply<document>& done);
  void stop_serving();

 private:
  /// Nothing may be handed out before more rows are read, and they may be now.
  bool must_read();
  void read_on(std::function<void()> then);
  /// Fills it as far as the window goes.
  void take_for(served_poll& x);
  void end(served_poll x);
  /// Reads what is stored about a limited definition, then serves.
  void learn_limit(const std::string& definition);
  /// The best task that its limits let go, if any is in memory. Nothing, too,
  /// when `unknown_limit` has to be read first.
  std::optional<granted_task> take_next();
  void ask_limits_again();
  void check_hand_outs(const std::vector<waiting_task>& overdue);
  void arm();
  void arm_at(parked_poll::instant when);
  parked_poll::instant now() const;
  int64_t now_ms() const { return context->clock->now_ms(); }
};

queue_actor::behavior_type
task_queue(queue_actor::stateful_pointer<queue_state> self, std::string queue,
           queue_context_pointer context);

} // namespace tutti
