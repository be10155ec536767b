#pragma once

#include "actors/workflow/large_reads.hpp"
#include "actors/workflow/post_commit_effects.hpp"
#include "actors/workflow/stored_execution.hpp"
#include "actors/workflow/suspendable_decision.hpp"

#include <deque>
#include <memory>
#include <mutex>
#include <type_traits>
#include <unordered_map>
#include <variant>

namespace tutti {

/// What the scheduler sees of an actor without asking it. Outlives the actor.
class workflow_shared_status {
 public:
  void mark_ended(bool x) { ended_ = x; }
  bool ended() const { return ended_; }
  /// It holds much memory.
  void mark_heavy(bool x) { heavy_ = x; }
  bool heavy() const { return heavy_; }
  /// Events of the execution wait for its next commit.
  bool mark_deferred(bool x) { return deferred_.exchange(x); }
  static std::shared_ptr<const std::atomic<bool>>
  deferred(const std::shared_ptr<workflow_shared_status>& shared_status) {
    return {shared_status, &shared_status->deferred_};
  }
  void blame(std::string error) {
    std::lock_guard guard{mutex_};
    last_error_ = std::move(error);
  }
  /// It ended the process again and again: it is to be put aside.
  void blame_for_process() { ended_the_process_ = true; }
  bool ended_the_process() const { return ended_the_process_; }
  /// The crash was not the execution's fault: there was no memory.
  void excuse() { excused_ = true; }
  bool excused() const { return excused_; }
  std::string last_error() const {
    std::lock_guard guard{mutex_};
    return last_error_;
  }

 private:
  std::atomic<bool> ended_{false}, deferred_{false}, excused_{false},
      heavy_{false}, ended_the_process_{false};
  mutable std::mutex mutex_;
  std::string last_error_;
};

/// A message that waits while an execution is going to sleep, or until its
/// decision is made.
using held_message
    = std::variant<envelope<call_workflow>, envelope<read_execution>,
                   envelope<read_execution_head>, envelope<read_history>,
                   envelope<explain_workflow>, envelope<remove_workflow>,
                   envelope<watch_execution>, envelope<accept_outbox_message>>;

/// Why a request is refused for which there is no memory. Who comes again by
/// itself does so.
failure lack_of_memory(bool by_itself);

struct workflow_setup {
  shard_context_pointer context;
  std::string id;
  /// The id is new: there is nothing to read.
  bool fresh = false;
  scheduler_actor home;
  std::shared_ptr<workflow_shared_status> shared_status;
};

/// One execution: decides, commits and tells, one request after another.
/// Continues to decide while its commits are under way.
struct workflow_state {
  static constexpr const char* name = "workflow";

  explicit workflow_state(workflow_actor::pointer self) : self(self) {}

  /// Handles the message now, or after the current decision.
  void receive(held_message x);
  void on_committed(const committed& x);
  void on_evaluated(const script_evaluated& x);
  void write_deferred();
  /// Refuses held hand-outs when the current decision takes too long.
  void look_at_held();
  void sleep();

  workflow_actor::pointer self;
  workflow_setup setup;

 private:
  /// One request and everything its answer needs.
  struct pending_request {
    workflow_command what;
    reply<answer> done;
    bool answer_execution = false;
    std::string client = {}, request_id = {};
    bool by_itself = false; ///< it comes again until it is accepted
    int64_t now = 0;
    /// The execution's status before the decision.
    std::optional<workflow_status> before = {};
    /// When its decision began.
    std::chrono::steady_clock::time_point began = {};
  };
  /// A decision that may wait for a script, and its request.
  struct pending_decision {
    pending_request input;
    std::shared_ptr<const definition_source> definitions;
    std::string group = {}; ///< the fair queue's group of its scripts
    std::unique_ptr<suspendable_decision> fiber = {};
    bool write_after = false;
    bool is_part = false;
    /// When it first asked for a script, or paused.
    std::optional<std::chrono::steady_clock::time_point> since = {};
    bool has_timer = false; ///< a `tick` comes when it takes too long
  };
  /// A request whose decision is made in parts; answered after the last one.
  struct long_request {
    pending_request input;
    cause why;
    engine::decision first; ///< the part that the answer is made from
  };

  void handle(envelope<call_workflow>& x);
  void handle(envelope<accept_outbox_message>& x);
  void handle(envelope<read_execution>& x);
  void handle(envelope<read_execution_head>& x);
  void handle(envelope<read_history>& x);
  void handle(envelope<explain_workflow>& x);
  void handle(envelope<remove_workflow>& x);
  void handle(envelope<watch_execution>& x);
  /// Takes the watches out that see something now; they are answered after the
  /// next commit, or after those under way.
  void tell_watches(bool with_next_commit);
  /// The execution is removed.
  void end_watches();
  /// Reads what is stored and then handles `first`; what comes meanwhile waits.
  /// `memory`: what a heavy execution has been given for it.
  void wake_for(held_message first, memory_hold memory = {});
  /// Wakes a heavy execution once there is so much memory; refuses `first` when
  /// that takes long.
  void wake_in_turn(held_message first, size_t bytes, waking_mark found);
  /// Leaves a mark in the store while the execution is woken: if the process
  /// ends meanwhile, the next one knows whose fault it may be.
  void mark_waking(held_message first, memory_hold memory, waking_mark mark);
  void unmark_waking();
  /// A heavy execution holds memory while it is here.
  void hold_memory();
  void wake();
  void run(pending_request x);
  bool frees_key(const pending_request& x) const;
  engine::decision decide(const pending_request& x,
                          const definition_source& definitions,
                          engine::script_runner& scripts);
  void begin_suspendable_decision(pending_request x);
  /// A decision about these data should not run in one go.
  bool may_take_long(const workflow_command& what) const;
  void go_to_end_of_line();
  void hold(held_message x);
  bool has_patience() const;
  void advance_suspended_decision();
  void ask(const engine::script_call& call);
  /// Commits the decision and answers.
  void conclude(const pending_request& x, engine::decision decided);
  void count_limits(const engine::decision& decided) const;
  /// Decides the next part of a decision.
  void continue_decision();
  void resume_long_requests();
  void conclude_part(int64_t now, engine::decision decided);
  /// Answers once everything that was decided so far is durable.
  template <class T>
  void answer_in_order(const reply<T>& done,
                       std::type_identity_t<result<T>> x) {
    if (commits_under_way_.empty())
      done(std::move(x));
    else
      commits_under_way_.back()->answer_with(done, std::move(x));
  }
  answer answer_to(const workflow_command& what,
                   const engine::decision& decided, bool answer_execution);
  void record(engine::decision& decided, const workflow_command& what,
              int64_t now);
  // One for each effect of the engine: a new one does not compile before it
  // has its own.
  void add(engine::offer_task& x, int64_t now);
  void add(engine::withdraw_task& x, int64_t now);
  void add(engine::send_outbox_message& x, int64_t now);
  void add(engine::append_logs& x, int64_t now);
  void add(engine::publish_message& x, int64_t now);
  void add(engine::retract_message& x, int64_t now);
  void add(engine::cache_output& x, int64_t now);
  void add(engine::take_lease& x, int64_t now);
  void add(engine::end_lease& x, int64_t now);
  void publish_outside(engine::publish_message& x);
  void commit(int64_t now);
  void submit();
  /// The store takes no such commit: undoes what was decided since the last one
  /// and answers its requests with the reason.
  void take_back(storage::commit what, const failure& why);
  /// There is no memory for a decision: it is forgotten.
  void give_up(const pending_request& x);
  /// Forgets what was decided but not handed in: `what`.
  void undo(storage::commit what, const failure& why);
  void begin_reload();
  /// Goes on from what is stored, once all commits under way have ended.
  void reload();
  void handle_held();
  void write_later();
  failure unknown() const;

  engine::state execution_;
  memory_hold memory_;
  bool marked_ = false; ///< see `mark_waking`
  /// Until then there is no memory to wake; nobody waits for it again.
  std::chrono::steady_clock::time_point no_memory_until_{};
  std::optional<stored_execution> stored_;
  bool awake_ = false, removed_ = false;
  /// The schedule that started it was told its end.
  bool schedule_told_ = false;
  /// What was decided was taken back: messages are held until it is forgotten.
  bool reloading_ = false;
  /// The current decision has no client: it would be repeated for ever.
  bool by_itself_ = false;
  /// Why `batch_` cannot be written at all.
  std::optional<failure> unwritable_;
  /// The rows of the next commit. Deferred decisions wait here.
  storage::batch batch_;
  /// Leases in `batch_`; one that ends before the commit is left out.
  std::unordered_map<std::string, task_lease> taken_;
  /// Messages of event queues that `batch_` adds and removes.
  std::vector<std::string> published_, retracted_;
  post_commit_effects_pointer next_;
  /// Oldest first; `first_ticket_` is the ticket of the front.
  std::deque<post_commit_effects_pointer> commits_under_way_;
  uint64_t first_ticket_ = 0;
  /// Messages that arrived during the current decision, in order.
  std::deque<held_message> held_;
  uint64_t script_ticket_ = 0;
  /// Not empty: a commit or a script is under way, and its end continues them.
  std::deque<long_request> long_requests_;
  tutti::large_reads large_reads_;
  /// Last, because its end uses the members above.
  std::unique_ptr<pending_decision> pending_decision_;
};

workflow_actor::behavior_type
workflow_execution(workflow_actor::stateful_pointer<workflow_state> self,
                   workflow_setup setup);

} // namespace tutti
