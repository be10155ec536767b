#pragma once

#include "actors/support/self_timer.hpp"
#include "actors/outbox/outbox.hpp"
#include "actors/workflow/shard_context.hpp"

#include <mutex>
#include <optional>

namespace tutti {

/// What happened to letters and to their rows, told from any thread.
class courier_desk {
 public:
  struct report {
    std::vector<uint64_t> arrived, failed, deleted;
  };
  /// True when nothing was waiting to be looked at.
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

/// Delivers the outbox of a shard until each letter is acknowledged. Begins
/// with its first `tick`, which the node sends when the directory is
/// complete.
struct courier_state {
  static constexpr const char* name = "courier";

  explicit courier_state(courier_actor::pointer self) : self(self) {}

  void open(shard_context_pointer context);
  void deliver(deliver_letters& x);
  void look();
  void stop(drain& x);

  courier_actor::pointer self;
  shard_context_pointer context;

 private:
  using instant = outbox::instant;

  void send_letters();
  void send_letter(const stored_letter& x);
  void delete_rows();
  void finish_drain();
  instant now() const;

  std::optional<outbox> outbox_;
  std::shared_ptr<courier_desk> desk_;
  std::vector<reply<done>> drained_;
  alarm alarm_;
  bool begun_ = false, deleting_ = false, draining_ = false;
};

courier_actor::behavior_type
courier(courier_actor::stateful_pointer<courier_state> self,
        shard_context_pointer context);

} // namespace tutti
