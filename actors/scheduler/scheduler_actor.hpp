#pragma once

#include "actors/scheduler/active_executions.hpp"
#include "actors/scheduler/family_sizes.hpp"
#include "actors/scheduler/incidents.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tutti {

/// Starts, finds, supervises, wakes and evicts the executions of one shard.
/// Every message for an execution comes through here, so an execution that is
/// going to sleep misses none.
struct scheduler_state {
  static constexpr const char* name = "scheduler";

  explicit scheduler_state(scheduler_actor::pointer self) : self(self) {}

  void open(shard_context_pointer context);
  void call(envelope<call_workflow>& x);
  void read(envelope<read_execution>& x);
  void read_head(envelope<read_execution_head>& x);
  void history(envelope<read_history>& x);
  void explain(envelope<explain_workflow>& x);
  void remove(envelope<remove_workflow>& x);
  void list(const envelope<list_executions>& x);
  void watch(envelope<watch_execution>& x);
  void unwatch(const envelope<end_watch>& x);
  void append_log(envelope<append_task_log>& x);
  void learn_log(const envelope<append_task_log>& x);
  void accept(envelope<accept_outbox_message>& x);
  void acknowledge(const envelope<acknowledge_event>& x);
  void on_slept(const slept& x);
  void on_down(const caf::down_msg& x);
  void raise(const envelope<advance_key_attempt>& x);
  void report(const envelope<list_incidents>& x);
  void release(const envelope<release_incident>& x);
  void look_for_idle();
  void flush_deferred_commits();
  void stop(drain& x);
  void stop_all();

  scheduler_actor::pointer self;
  shard_context_pointer context;

 private:
  using instant = active_execution::instant;

  /// To the execution, which is woken when it sleeps.
  void forward(const std::string& id, held_message x);
  void send_to(active_execution& to, held_message x);
  active_execution& spawn(const std::string& id, bool fresh);
  /// `then` gets the execution that a task belongs to; `done` is answered with
  /// `missing` when there is none.
  template <class T>
  void find_by_task(const std::string& task_id, const reply<T>& done,
                    failure missing,
                    std::function<void(const std::string& id)> then);
  void start_other_execution(const start_other& what,
                             envelope<accept_outbox_message>& x);
  /// For further executions of the family.
  bool lacks_memory_for(const std::string& family) const;
  void begin_other_execution(const start_other& what,
                             const reply<answer>& done);
  /// Is it stored? Answers the outbox messages in `looked_for_`.
  void look_for(const std::string& id);
  void ask_to_sleep(active_execution& x);
  /// Sends the held messages to the next actor of that id.
  void forward_held(active_execution gone);
  void finish_drain();
  std::optional<failure> refusal() const;
  instant now() const;

  active_executions active_;
  std::optional<incidents> incidents_;
  family_sizes families_;
  /// Starts that came again, by the id that is looked for in the store.
  std::map<std::string, std::vector<envelope<accept_outbox_message>>>
      looked_for_;
  std::vector<reply<done>> drained_;
  bool draining_ = false;
};

scheduler_actor::behavior_type
scheduler(scheduler_actor::stateful_pointer<scheduler_state> self,
          shard_context_pointer context);

} // namespace tutti
