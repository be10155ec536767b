#pragma once

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
  bool counted = false, draining = false;
  /// Ticks that are under way: a new one is sent only when none comes in time.
  std::set<parked_poll::instant> ticks;

  /// Reads the rows that come next.
  void load();
  void offer(std::vector<waiting_task> tasks);
  void poll(poll_tasks x);
  void hand_out_ended(tutti::hand_out_ended& x);
  void serve();
  void tick();
  answer query(const queue_query& x);
  void stop_serving();

 private:
  void refill();
  bool has_ready();
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
