#pragma once

#include "actors/event/event_queue_registry.hpp"
#include "actors/support/clock.hpp"
#include "actors/support/self_timer.hpp"
#include "messages/interfaces.hpp"

#include <chrono>
#include <memory>
#include <vector>

namespace tutti {

struct event_janitor_context {
  std::shared_ptr<event_queue_registry> board;
  std::shared_ptr<storage::store> store;
  std::shared_ptr<const tutti::clock> clock;
  std::vector<uint64_t> epochs; ///< by shard
  std::chrono::milliseconds age_max{};
};

/// Erases messages that nobody has acknowledged for too long, so that a queue
/// that nobody reads does not stay full for ever. Sleeps until the oldest
/// message is due, at least a minute and at most an hour.
struct event_janitor_state {
  static constexpr const char* name = "event_janitor";

  void look();

  event_janitor_actor::pointer self;
  std::shared_ptr<const event_janitor_context> context;

 private:
  self_timer self_timer_;
};

event_janitor_actor::behavior_type
event_janitor(event_janitor_actor::stateful_pointer<event_janitor_state> self,
              std::shared_ptr<const event_janitor_context> context);

} // namespace tutti
