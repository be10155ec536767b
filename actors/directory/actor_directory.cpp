#include "actors/directory/actor_directory.hpp"

namespace tutti {

void actor_directory::tell_addressee(
    envelope<accept_outbox_message> what) const {
  auto& outbox_message = *what.request.what;
  auto shard = shard_for(outbox_message.to);
  if (!std::holds_alternative<slot_request>(outbox_message.what))
    return tell(shard, std::move(what));
  // The concurrency limiter takes outbox messages like executions.
  if (shard >= shards_.size() || !shards_[shard].slots)
    return tell_peer(shard, std::move(what));
  caf::anon_send(shards_[shard].slots, std::move(what));
}

void actor_directory::tell_sink_relay(uint32_t shard,
                                      deliver_outbox_messages what) const {
  if (shard < shards_.size() && shards_[shard].sink_relay)
    caf::anon_send(shards_[shard].sink_relay, std::move(what));
}

void actor_directory::tell_clock_moved() const {
  for (auto& x : shards_) {
    if (x.timer)
      caf::anon_send(x.timer, clock_moved{});
    if (x.schedules)
      caf::anon_send(x.schedules, clock_moved{});
  }
  if (node_.queues)
    caf::anon_send(node_.queues, clock_moved{});
  if (node_.outputs)
    caf::anon_send(node_.outputs, clock_moved{});
  if (node_.event_janitor)
    caf::anon_send(node_.event_janitor, clock_moved{});
  if (node_.retention)
    caf::anon_send(node_.retention, clock_moved{});
}

void actor_directory::tell_output_kept() const {
  if (node_.outputs)
    caf::anon_send(node_.outputs, tick{});
}

void actor_directory::fill(std::vector<shard_actors> shards, node_actors node) {
  shards_ = std::move(shards);
  node_ = std::move(node);
}

failure actor_directory::not_here(uint32_t shard) {
  return {errc::unavailable,
          "shard " + std::to_string(shard) + " is not served by this node"};
}

} // namespace tutti
