#pragma once

#include "actors/outbox/outbox.hpp"
#include "actors/support/self_timer.hpp"
#include "actors/workflow/shard_context.hpp"

#include <mutex>
#include <optional>

namespace tutti {

/// Results of deliveries and erasures, reported from any thread.
class outbox_relay_desk {
 public:
  struct report {
    std::vector<uint64_t> arrived, failed, deleted;
  };
  /// True when the list was empty: wake the actor.
  bool arrived(uint64_t number);
  bool failed(uint64_t number);
  bool deleted(std::vector<uint64_t> numbers);
  report take();

 private:
  template <class F>
  bool tell(F&& f);

  std::mutex mutex_;
  report waiting_;
  bool told_ = false;
};

enum class outbox_addressee : uint8_t { executions, systems };

/// Delivers an outbox of a shard until each message is acknowledged. Starts
/// with its first `tick`, which the node sends once the directory is filled.
struct outbox_relay_state {
  static constexpr const char* name = "outbox_relay";

  explicit outbox_relay_state(outbox_relay_actor::pointer self) : self(self) {}
  ~outbox_relay_state();

  void open(shard_context_pointer context, outbox_addressee to);
  void deliver(deliver_outbox_messages& x);
  void look();
  void stop(drain& x);

  outbox_relay_actor::pointer self;
  shard_context_pointer context;

 private:
  using instant = outbox::instant;

  void send_outbox_messages();
  void send_outbox_message(const outbox::departure& x);
  void fill();
  void send_next();
  void delete_rows();
  void finish_drain();
  /// Tells the metrics how many messages are with other systems.
  void count();
  instant now() const;
  const outbox_rows& rows() const;

  outbox_addressee to_ = outbox_addressee::executions;
  size_t counted_ = 0;
  std::optional<outbox> outbox_;
  std::shared_ptr<outbox_relay_desk> desk_;
  std::vector<reply<done>> drained_;
  self_timer self_timer_;
  bool begun_ = false, deleting_ = false, draining_ = false;
  instant fill_again_ = {}; ///< after a failed read
};

outbox_relay_actor::behavior_type
outbox_relay(outbox_relay_actor::stateful_pointer<outbox_relay_state> self,
             shard_context_pointer context, outbox_addressee to);

} // namespace tutti
