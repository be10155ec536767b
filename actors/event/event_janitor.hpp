#pragma once

#include "actors/event/event_queue_registry.hpp"
#include "actors/support/clock.hpp"
#include "actors/support/self_timer.hpp"
#include "messages/interfaces.hpp"
#include "storage/readers.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace tutti {

struct event_janitor_context {
  std::shared_ptr<event_queue_registry> queues;
  std::shared_ptr<storage::store> store;
  storage::readers_pointer readers;
  std::shared_ptr<const tutti::clock> clock;
  std::vector<uint64_t> epochs;        ///< by shard
  std::chrono::milliseconds age_max{}; ///< 0: messages never expire
};

/// Erases expired messages, so that a queue without readers does not stay full
/// for ever, and recounts queues that seem full. Checks once a minute; reads
/// the store when the oldest message expires, once an hour, or when a queue is
/// full.
struct event_janitor_state {
  static constexpr const char* name = "event_janitor";

  void look();
  void look_again();

  event_janitor_actor::pointer self;
  std::shared_ptr<const event_janitor_context> context;

 private:
  void read(std::vector<std::string> full);
  void erase_old(uint32_t shard, event_queue_rows::aged aged);

  self_timer self_timer_;
  self_timer::instant next_read_ = {};
};

event_janitor_actor::behavior_type
event_janitor(event_janitor_actor::stateful_pointer<event_janitor_state> self,
              std::shared_ptr<const event_janitor_context> context);

} // namespace tutti
