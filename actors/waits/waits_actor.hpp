#pragma once

#include "actors/waits/client_wait.hpp"

#include <caf/stateful_actor.hpp>

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>

namespace tutti {

/// The clients of a node that wait for executions.
struct waits_state {
  static constexpr const char* name = "waits";
  using instant = std::chrono::steady_clock::time_point;

  explicit waits_state(waits_actor::pointer self) : self(self) {}

  void execute(envelope<execute_workflow>& x);
  void call(envelope<call_and_wait>& x);
  void signal(envelope<signal_workflow>& x);
  void cancel(const envelope<cancel_wait>& x);
  void on(wait_step& x);
  void expire();
  void begin_watch_ids();
  void stop(drain& x);

  waits_actor::pointer self;
  waits_context_pointer context;

 private:
  struct entry {
    client_wait wait;
    uint64_t client = 0; ///< its `wait_id`
    instant deadline;    ///< the epoch: none
  };

  instant now() const;
  std::optional<failure> refusal(const wait_options& how) const;
  /// Null: it was refused.
  entry* begin(const wait_options& how, request_context from,
               const reply<waited>& done, bool has_deadline);
  void sweep(uint64_t number);
  void arm();

  std::map<uint64_t, entry> waits_; ///< by number
  std::unordered_map<uint64_t, uint64_t> by_client_;
  std::set<std::pair<instant, uint64_t>> deadlines_;
  std::optional<instant> armed_;
  uint64_t last_number_ = 0, last_watch_ = 0;
  bool stopping_ = false;
};

waits_actor::behavior_type
waits(waits_actor::stateful_pointer<waits_state> self,
      waits_context_pointer context);

} // namespace tutti
