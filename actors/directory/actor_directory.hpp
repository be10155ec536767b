#pragma once

#include "messages/interfaces.hpp"
#include "messages/model/ids.hpp"

#include <caf/send.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tutti {

/// The actors of one shard that this node owns.
struct shard_actors {
  scheduler_actor scheduler;
  timer_actor timer;
  outbox_relay_actor outbox_relay;
  concurrency_limiter_actor slots;
};

/// The actors a node has one of.
struct node_actors {
  queue_manager_actor queues;
  system_tasks_actor system_tasks;   ///< null: this node serves none
  output_cache_actor outputs;        ///< null: nothing is kept
  event_janitor_actor event_janitor; ///< null: messages have any age
};

namespace actor_directory_detail {

/// Which actor of a shard takes a message: its scheduler, but for these.
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

/// Which actor of the node takes a message: its queues, but for these.
template <class Message>
inline constexpr auto node_actor = &node_actors::queues;
template <>
inline constexpr auto node_actor<queue_appeared> = &node_actors::system_tasks;

} // namespace actor_directory_detail

/// Knows who serves what: the one place that is asked where a shard lives.
/// Nobody else holds handles of other actors, so a shard may live on another
/// node one day without anybody noticing. The node fills it before the first
/// request and does not change it while actors run; then it is thread safe.
///
/// A message for a shard that is not here is answered `errc::unavailable` when
/// it carries a reply, and dropped when it does not: whoever owns the shard
/// recovers from what is stored.
class actor_directory {
 public:
  /// Of the store, wherever they are.
  uint32_t shards() const { return uint32_t(shards_.size()); }

  /// To the shard's actor that takes such a message.
  template <class Message>
  void tell(uint32_t shard, Message&& what) const {
    auto which = actor_directory_detail::shard_actor<std::decay_t<Message>>;
    if (shard >= shards_.size() || !(shards_[shard].*which))
      return refuse(what, not_here(shard));
    caf::anon_send(shards_[shard].*which, std::forward<Message>(what));
  }

  /// The same for the shard that an id leads to: of a workflow, a task, or a
  /// group of slots. It may be a member of the message.
  template <class Message>
  void tell(std::string_view id, Message&& what) const {
    tell(shard_for(id), std::forward<Message>(what));
  }

  /// To the shard of its addressee.
  void tell_addressee(envelope<accept_outbox_message> what) const;

  /// To the node's actor that takes such a message.
  template <class Message>
  void tell(Message&& what) const {
    auto& who
        = node_.*actor_directory_detail::node_actor<std::decay_t<Message>>;
    if (!who)
      return refuse(what, {errc::unavailable, "this node does not serve it"});
    caf::anon_send(who, std::forward<Message>(what));
  }

  /// The node's clock was moved: all who wait for a time look at it again.
  void tell_clock_moved() const;
  /// An output was kept that expires before those known so far.
  void tell_output_kept() const;

  // For the node.

  /// All shards, by number; those with null handles are not here.
  void fill(std::vector<shard_actors> shards, node_actors node);
  void clear() { fill({}, {}); }

 private:
  uint32_t shard_for(std::string_view id) const {
    return shards_.empty() ? 0 : shard_of(id, shards());
  }
  static failure not_here(uint32_t shard);

  template <class Message>
  static void refuse(const Message& what, failure why) {
    if constexpr (requires { what.done(why); })
      what.done(std::move(why));
  }

  std::vector<shard_actors> shards_;
  node_actors node_;
};

} // namespace tutti
