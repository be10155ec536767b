#pragma once

#include "actors/support/self_timer.hpp"
#include "actors/timer/timer_window.hpp"
#include "actors/workflow/shard_context.hpp"

namespace tutti {

/// Sends `timer_fired` to the executions of a shard at their deadlines. The
/// rows are in the store; a lost call is repeated until its row has moved.
/// Starts with its first `tick`, which the node sends once the directory is
/// filled.
struct timer_state {
  static constexpr const char* name = "timer";

  explicit timer_state(timer_actor::pointer self) : self(self) {}

  void open(shard_context_pointer context);
  void on_schedule_timer(const schedule_timer& x);
  void look();

  timer_actor::pointer self;
  shard_context_pointer context;

 private:
  void refill();
  void fire_due();
  void fire(const std::string& id);
  void arm();

  std::optional<timer_window> window_;
  self_timer self_timer_;
  bool begun_ = false;
  self_timer::instant refill_again_ = {}; ///< after a read that failed
};

timer_actor::behavior_type
timer(timer_actor::stateful_pointer<timer_state> self,
      shard_context_pointer context);

} // namespace tutti
