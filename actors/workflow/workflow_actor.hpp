#pragma once

#include "actors/workflow/suspendable_decision.hpp"
#include "actors/workflow/post_commit_effects.hpp"
#include "actors/workflow/stored_execution.hpp"

#include <deque>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <variant>

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

/// A message that waits: for an execution on its way to sleep, or for a
/// decision under way.
using held_message
    = std::variant<call_workflow, read_execution, read_history,
                   explain_workflow, remove_workflow, accept_letter>;

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

  /// Handled now, or after the decision under way.
  void receive(held_message x);
  void on_committed(const committed& x);
  void on_evaluated(const script_evaluated& x);
  void write_deferred();
  /// The decision under way may have taken too long for some who wait.
  void look_at_held();
  void sleep();

  workflow_actor::pointer self;
  workflow_setup setup;

 private:
  /// One input and all that its answer needs.
  struct asked {
    workflow_command what;
    reply<answer> done;
    bool answer_execution = false;
    std::string client = {};
    int64_t now = 0;
    /// Of the execution before the decision.
    std::optional<workflow_status> before = {};
  };
  /// A decision that waits for a script, and what it was asked by.
  struct thought {
    asked input;
    std::shared_ptr<const definition_source> definitions;
    std::string group = {}; ///< of its scripts
    std::unique_ptr<deliberation> fiber = {};
    bool write_after = false;
    bool is_part = false;
    /// When its first script was asked for.
    std::optional<std::chrono::steady_clock::time_point> since = {};
    bool has_alarm = false; ///< a `tick` comes when it has taken too long
  };
  /// An input whose decision is written in parts. Answered after the last.
  struct long_request {
    asked input;
    cause why;
    engine::decision first; ///< what it is answered with
  };

  void handle(call_workflow& x);
  void handle(accept_letter& x);
  void handle(read_execution& x);
  void handle(read_history& x);
  void handle(explain_workflow& x);
  void handle(remove_workflow& x);
  void wake();
  void run(asked x);
  engine::decision decide(const asked& x, const definition_source& definitions,
                          engine::script_runner& scripts);
  void begin_to_think(asked x);
  void hold(held_message x);
  bool has_patience() const;
  void think();
  void ask(const engine::script_call& call);
  /// Commits what was decided and answers.
  void conclude(const asked& x, engine::decision decided);
  void count(const asked& x, const engine::decision& decided) const;
  /// Decides the next part of what was too long for one decision.
  void go_on();
  void resume_long_requests();
  void conclude_part(int64_t now, engine::decision decided);
  /// Answers once everything that was decided so far is durable.
  void answer_in_order(const reply<answer>& done, result<answer> x);
  answer answer_to(const workflow_command& what,
                   const engine::decision& decided, bool answer_execution);
  void record(engine::decision& decided, const workflow_command& what,
              int64_t now);
  void add_effect(engine::effect& x, int64_t now);
  void keep_output(engine::keep_output& x);
  void take_lease(task_lease x);
  void end_lease(engine::end_lease x);
  void commit(int64_t now);
  void submit();
  void write_later();
  failure unknown() const;

  engine::state execution_;
  std::optional<stored_execution> stored_;
  bool awake_ = false, removed_ = false;
  /// What the next commit holds. Decisions that may wait stay here.
  storage::batch batch_;
  /// Leases that it takes; one that ends before it is written never was.
  std::unordered_map<std::string, task_lease> taken_;
  flight_pointer next_;
  /// Commits under way, oldest first; `first_ticket_` is the front's.
  std::deque<flight_pointer> flights_;
  uint64_t first_ticket_ = 0;
  /// One decision at a time: what comes meanwhile is held, in its order.
  std::deque<held_message> held_;
  uint64_t script_ticket_ = 0;
  /// While there are any, something is under way whose end asks for more.
  std::deque<long_request> long_requests_;
  /// Last: it ends before what it works on.
  std::unique_ptr<thought> thought_;
};

workflow_actor::behavior_type
workflow_execution(workflow_actor::stateful_pointer<workflow_state> self,
                   workflow_setup setup);

} // namespace tutti
