#pragma once

#include "actors/cluster/peer_port.hpp"
#include "actors/directory/handed_over.hpp"
#include "messages/interfaces.hpp"
#include "messages/model/ids.hpp"

#include <caf/send.hpp>

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace tutti {

/// The actors of one shard that this node serves.
struct shard_actors {
  scheduler_actor scheduler;
  timer_actor timer;
  outbox_relay_actor outbox_relay; ///< to other executions
  outbox_relay_actor sink_relay;   ///< to other systems
  concurrency_limiter_actor slots;
  schedules_actor schedules;
  jobs_actor jobs = {}; ///< null: no jobs
};

/// The actors that a node has once.
struct node_actors {
  queue_manager_actor queues;
  system_tasks_actor system_tasks;   ///< null: this node performs none
  output_cache_actor outputs;        ///< null: nothing is cached
  event_janitor_actor event_janitor; ///< null: messages never expire
  waits_actor waits;                 ///< null: nobody waits for executions
  search_actor search;               ///< null: there is no index
  retention_actor retention = {};    ///< null: executions stay
};

namespace actor_directory_detail {

template <class T, class... Others>
concept one_of = (std::same_as<T, Others> || ...);

/// The actor of a shard that takes a message: the scheduler by default.
template <class Message>
inline constexpr auto shard_actor = &shard_actors::scheduler;
template <>
inline constexpr auto shard_actor<schedule_timer> = &shard_actors::timer;
template <>
inline constexpr auto
    shard_actor<deliver_outbox_messages> = &shard_actors::outbox_relay;
template <>
inline constexpr auto shard_actor<envelope<try_slot>> = &shard_actors::slots;
template <>
inline constexpr auto shard_actor<envelope<read_slots>> = &shard_actors::slots;
template <
    one_of<scheduled_execution_ended, save_schedule, remove_schedule,
           read_schedule, control_schedule, tag_schedule, list_schedules,
           search_firings, backfill_schedule, trigger_schedule, hold_schedules>
        Request>
inline constexpr auto shard_actor<envelope<Request>> = &shard_actors::schedules;

template <>
inline constexpr auto shard_actor<envelope<create_job>> = &shard_actors::jobs;
template <>
inline constexpr auto shard_actor<envelope<read_job>> = &shard_actors::jobs;
template <>
inline constexpr auto shard_actor<envelope<list_jobs>> = &shard_actors::jobs;
template <>
inline constexpr auto shard_actor<envelope<control_job>> = &shard_actors::jobs;
template <>
inline constexpr auto
    shard_actor<envelope<read_job_errors>> = &shard_actors::jobs;

/// As log lines name the actors that take requests.
template <class Actor>
std::string_view name_of(Actor shard_actors::*) {
  if constexpr (std::is_same_v<Actor, concurrency_limiter_actor>)
    return "concurrency limiter";
  else if constexpr (std::is_same_v<Actor, schedules_actor>)
    return "schedules";
  else if constexpr (std::is_same_v<Actor, jobs_actor>)
    return "jobs";
  else
    return "scheduler";
}
template <class Actor>
std::string_view name_of(Actor node_actors::*) {
  if constexpr (std::is_same_v<Actor, waits_actor>)
    return "waits";
  else if constexpr (std::is_same_v<Actor, search_actor>)
    return "search";
  else if constexpr (std::is_same_v<Actor, retention_actor>)
    return "retention";
  else
    return "queues";
}

/// The actor of the node that takes a message: the queue manager by default.
template <class Message>
inline constexpr auto node_actor = &node_actors::queues;
template <>
inline constexpr auto node_actor<queue_appeared> = &node_actors::system_tasks;
template <>
inline constexpr auto
    node_actor<envelope<read_retention>> = &node_actors::retention;
template <>
inline constexpr auto
    node_actor<envelope<run_retention>> = &node_actors::retention;
template <>
inline constexpr auto
    node_actor<envelope<list_archived>> = &node_actors::retention;
template <>
inline constexpr auto
    node_actor<envelope<execute_workflow>> = &node_actors::waits;
template <>
inline constexpr auto node_actor<envelope<call_and_wait>> = &node_actors::waits;
template <>
inline constexpr auto
    node_actor<envelope<signal_workflow>> = &node_actors::waits;
template <>
inline constexpr auto node_actor<envelope<cancel_wait>> = &node_actors::waits;

template <>
inline constexpr auto node_actor<envelope<search_index>> = &node_actors::search;
template <>
inline constexpr auto
    node_actor<envelope<summarize_executions>> = &node_actors::search;
template <>
inline constexpr auto
    node_actor<envelope<read_index_status>> = &node_actors::search;
template <>
inline constexpr auto
    node_actor<envelope<rebuild_index>> = &node_actors::search;

} // namespace actor_directory_detail

/// The one place that knows where a shard lives. Nobody else holds handles of
/// other actors, so a shard can move to another node without their noticing.
/// The node fills it before the first request and does not change it while
/// actors run; therefore it is thread safe.
///
/// A request for a shard of another node is sent there; `errc::unavailable`
/// says that it is not certain to have arrived. Other messages concern rows
/// that their shard has stored, and are dropped elsewhere: its owner recovers
/// from the rows.
class actor_directory {
 public:
  /// All shards of the store, served by this node or not.
  uint32_t shards() const { return uint32_t(shards_.size()); }

  /// Sends to the shard's actor for this type of message.
  template <class Message>
  void tell(uint32_t shard, Message&& what) const {
    auto which = actor_directory_detail::shard_actor<std::decay_t<Message>>;
    if (shard >= shards_.size() || !(shards_[shard].*which))
      return tell_peer(shard, std::forward<Message>(what));
    handed_over::log(what, [&] {
      return std::string(actor_directory_detail::name_of(which)) + " of shard "
             + std::to_string(shard);
    });
    caf::anon_send(shards_[shard].*which, std::forward<Message>(what));
  }

  /// The same for the shard of an id: a workflow's, a task's or a slot group's.
  /// The id may be a member of the message.
  template <class Message>
  void tell(std::string_view id, Message&& what) const {
    tell(shard_for(id), std::forward<Message>(what));
  }

  /// To the shard of its addressee.
  void tell_addressee(envelope<accept_outbox_message> what) const;

  /// Messages for other systems, in the outbox of the shard.
  void tell_sink_relay(uint32_t shard, deliver_outbox_messages what) const;

  /// Sends to the node's actor for this type of message.
  template <class Message>
  void tell(Message&& what) const {
    auto which = actor_directory_detail::node_actor<std::decay_t<Message>>;
    auto& who = node_.*which;
    if (!who)
      return refuse(what, {errc::unavailable, "this node does not serve it"});
    handed_over::log(what, [&] {
      return std::string(actor_directory_detail::name_of(which));
    });
    caf::anon_send(who, std::forward<Message>(what));
  }

  /// Is the shard served by this node?
  bool is_here(uint32_t shard) const {
    return shard < shards_.size() && shards_[shard].scheduler;
  }
  bool is_here(std::string_view id) const { return is_here(shard_for(id)); }

  /// A client's request that only the node of a shard can answer: to a gateway
  /// there.
  template <is_request Request>
  void tell_gateway(uint32_t shard, envelope<Request> what) const {
    if (!peers_)
      return refuse(what, not_here(shard));
    peers_->send(shard, make_letter(std::move(what), addressee::gateway));
  }
  /// The same for the shard of an id, which may be a member of the message.
  template <is_request Request>
  void tell_gateway(std::string_view id, envelope<Request>&& what) const {
    auto shard = shard_for(id);
    tell_gateway(shard, std::move(what));
  }

  /// This node's; empty: there are no others.
  std::string node_name() const { return peers_ ? peers_->name() : ""; }
  /// The other nodes of the cluster, reached at present or not.
  std::vector<std::string> other_nodes() const {
    return peers_ ? peers_->nodes() : std::vector<std::string>();
  }
  /// To what the other node has once, like `tell` here.
  template <is_request Request>
  void tell_node(const std::string& node, envelope<Request> what) const {
    if (!peers_)
      return refuse(what, {errc::unavailable, "there is no other node"});
    peers_->send(node, make_letter(std::move(what), addressee::node));
  }

  /// The node's clock was moved: actors that wait for a time check it again.
  void tell_clock_moved() const;
  /// An output was cached that expires before all others.
  void tell_output_kept() const;

  // For the node.

  /// All shards by number; null handles: not served by this node.
  void fill(std::vector<shard_actors> shards, node_actors node);
  /// Before `fill`; null: there are no other nodes.
  void set_peers(std::shared_ptr<peer_port> peers) {
    peers_ = std::move(peers);
  }
  void clear() {
    fill({}, {});
    peers_.reset();
  }

 private:
  uint32_t shard_for(std::string_view id) const {
    return shards_.empty() ? 0 : shard_of(id, shards());
  }
  static failure not_here(uint32_t shard);

  template <class Message>
  void tell_peer(uint32_t shard, Message&& what) const {
    if constexpr (is_envelope<std::decay_t<Message>>)
      if (peers_ && shard < shards_.size())
        return peers_->send(
            shard, make_letter(std::forward<Message>(what), addressee::shard));
    refuse(what, not_here(shard));
  }

  template <class Message>
  static void refuse(const Message& what, failure why) {
    if constexpr (requires { what.done(why); })
      what.done(std::move(why));
  }

  std::vector<shard_actors> shards_;
  node_actors node_;
  std::shared_ptr<peer_port> peers_;
};

} // namespace tutti
