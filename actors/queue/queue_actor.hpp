#pragma once

#include "actors/queue/hand_out.hpp"
#include "actors/queue/parked_polls.hpp"
#include "actors/queue/queue_context.hpp"
#include "actors/queue/queue_window.hpp"

namespace tutti {

struct queue_state {
  static constexpr const char* name = "queue";

  explicit queue_state(queue_actor::pointer self) : self(self) {}

  queue_actor::pointer self;
  queue_context_pointer context;
  std::string queue; ///< "[domain:]type"
  std::optional<queue_window> window;
  parked_polls parked;
  uint64_t next_arrival = 1;
  bool metrics = false, draining = false;
  /// Definitions whose tasks a limit holds up, and when to ask again; 0: when
  /// somebody says so.
  std::map<std::string, int64_t> blocked;
  /// Ticks that are under way: a new one is sent only when none comes in time.
  std::set<parked_poll::instant> ticks;

  /// Reads the rows that come next.
  void load();
  /// Reads all of them again, whatever is remembered of them.
  void reload();
  void offer(std::vector<waiting_task> tasks);
  void poll(envelope<poll_tasks> x);
  void hand_out_ended(tutti::hand_out_ended& x);
  void limit_eased(const tutti::limit_eased& x);
  document locate(const locate_in_queue& x);
  void serve();
  void tick();
  queue_figures figures() const;
  document describe();
  void stop_serving();

 private:
  void refill();
  bool has_ready();
  /// The best task that its limits let go, if any.
  std::optional<granted_task> take_next();
  void ask_limits_again();
  void check_hand_outs();
  void arm();
  void arm_at(parked_poll::instant when);
  parked_poll::instant now() const;
  int64_t now_ms() const { return context->clock->now_ms(); }
};

queue_actor::behavior_type
task_queue(queue_actor::stateful_pointer<queue_state> self, std::string queue,
           queue_context_pointer context);

} // namespace tutti
