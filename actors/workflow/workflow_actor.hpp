#pragma once

#include "actors/workflow/flight.hpp"
#include "actors/workflow/stored_execution.hpp"

#include <deque>
#include <memory>
#include <mutex>

namespace tutti {

/// What a scheduler sees of an actor without asking it. Outlives the actor.
class workflow_badge {
 public:
  void mark_ended(bool x) { ended_ = x; }
  bool ended() const { return ended_; }
  /// Events of the execution wait for a commit to ride on.
  bool mark_deferred(bool x) { return deferred_.exchange(x); }
  static std::shared_ptr<const std::atomic<bool>>
  deferred(const std::shared_ptr<workflow_badge>& badge) {
    return {badge, &badge->deferred_};
  }
  void blame(std::string error) {
    std::lock_guard guard{mutex_};
    last_error_ = std::move(error);
  }
  std::string last_error() const {
    std::lock_guard guard{mutex_};
    return last_error_;
  }

 private:
  std::atomic<bool> ended_{false}, deferred_{false};
  mutable std::mutex mutex_;
  std::string last_error_;
};

struct workflow_setup {
  shard_context_pointer context;
  std::string id;
  /// The id was never used: there is nothing to read.
  bool fresh = false;
  scheduler_actor home;
  std::shared_ptr<workflow_badge> badge;
};

/// One execution: decide, commit, tell, one input after another. Goes on
/// deciding while its commits are under way.
struct workflow_state {
  static constexpr const char* name = "workflow";

  explicit workflow_state(workflow_actor::pointer self) : self(self) {}

  void call(call_workflow& x);
  void accept(accept_letter& x);
  void read(read_execution& x);
  void remove(remove_workflow& x);
  void on_committed(const committed& x);
  void write_deferred();
  void sleep();

  workflow_actor::pointer self;
  workflow_setup setup;

 private:
  void wake();
  void run(const workflow_command& what, const reply<answer>& done,
           bool answer_execution);
  /// Answers once everything that was decided so far is durable.
  void answer_in_order(const reply<answer>& done, result<answer> x);
  answer answer_to(const workflow_command& what,
                   const engine::decision& decided, bool answer_execution);
  void record(engine::decision& decided, const workflow_command& what,
              int64_t now);
  void add_effect(engine::effect& x, int64_t now);
  void commit(int64_t now);
  void submit();
  void write_later();
  failure unknown() const;

  engine::state execution_;
  std::optional<stored_execution> stored_;
  bool awake_ = false, removed_ = false;
  /// What the next commit holds. Decisions that may wait stay here.
  storage::batch batch_;
  flight_pointer next_;
  /// Commits under way, oldest first; `first_ticket_` is the front's.
  std::deque<flight_pointer> flights_;
  uint64_t first_ticket_ = 0;
};

workflow_actor::behavior_type
workflow_execution(workflow_actor::stateful_pointer<workflow_state> self,
                   workflow_setup setup);

} // namespace tutti
