#pragma once

#include "actors/engine/features/slot_group.hpp"
#include "actors/workflow/shard_context.hpp"
#include "storage/keys.hpp"
#include "storage/records.hpp"

#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace tutti {

namespace slots_detail {

struct stored_slot {
  storage::keys::slot_key where;
  storage::slot_claim claim;
  bool lost = false; ///< held for an execution that is not in this store
};
using stored_slots = std::vector<stored_slot>;

} // namespace slots_detail

/// Grants the slots of the rateLimitKeys whose id leads to this shard. Each
/// claim is a row. The claim and the outbox message that grants it are durable
/// before anybody is told. The rows are the only record of a slot.
struct concurrency_limiter_state {
  static constexpr const char* name = "slots";

  /// Reads the rows. A claim held for an execution that never started is
  /// returned; of executions of other nodes these are asked.
  void load();
  void accept(envelope<accept_outbox_message>& x);
  void take(envelope<try_slot>& x);
  void read(envelope<read_slots>& x);

  concurrency_limiter_actor::pointer self;
  shard_context_pointer context;

 private:
  using group_key = std::pair<std::string, std::string>;

  void commit(const group_key& of, engine::slot_group::changes changes,
              const reply<answer>& done);
  void decide(const slot_request& what, const reply<answer>& done);
  document picture(const read_slots& x) const;
  void forget_empty(const group_key& of);
  /// `then` gets the reason when the rows cannot be read now. Who comes
  /// meanwhile waits.
  template <class Then>
  void when_loaded(Then then);
  void take_over(slots_detail::stored_slots rows);
  void look_for_holders();

  struct holder {
    group_key of;
    std::string workflow_id;
    int32_t generation = 0;
  };
  /// Of other nodes; it is not known whether they started.
  std::deque<holder> unsure_;
  std::map<group_key, engine::slot_group> groups_;
  uint64_t next_number_ = 1;
  bool loaded_ = false;
};

concurrency_limiter_actor::behavior_type concurrency_limiter(
    concurrency_limiter_actor::stateful_pointer<concurrency_limiter_state> self,
    shard_context_pointer context);

} // namespace tutti
