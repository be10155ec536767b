#pragma once

#include "actors/engine/decider.hpp"
#include "actors/engine/dry_run/cached_outputs.hpp"
#include "actors/engine/dry_run/queues.hpp"
#include "actors/engine/features/slot_group.hpp"
#include "messages/model/result.hpp"

#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace tutti::engine::dry_run {

/// What a virtual node asks of others. All of it must outlive the virtual node.
struct ports {
  id_source& ids;
  const definition_source& definitions;
  const domain_activity& domains;
  const environment& env;
  script_runner& scripts;
  const event_sinks* sinks = nullptr; ///< as in `context`
};

/// Where a virtual node gives up. It then takes no more decisions.
struct virtual_node_bounds {
  size_t executions = SIZE_MAX;
  size_t decisions = SIZE_MAX;
  size_t rows = SIZE_MAX; ///< of all executions
  /// Asked before each decision; a sentence stops the virtual node.
  std::function<std::optional<std::string>()> stop;
};

/// Families of executions without actors, disk or clock: the engine, the
/// outbox messages between executions, the queues and the timers. Time stands
/// still until somebody moves it. One thread.
class virtual_node {
 public:
  virtual_node(ports given, const limits& bounds, int64_t now)
      : now(now), ports_(given), limits_(bounds) {}
  virtual_node(const virtual_node&) = delete;
  virtual_node& operator=(const virtual_node&) = delete;

  int64_t now; ///< epoch ms; only forward

  /// Begins an execution of a registered or inline definition; its id.
  result<std::string> start(const start_workflow_request& request);
  /// The same under an id of the caller's choice.
  result<std::string> start(const start_workflow_request& request,
                            std::string id);
  /// One command, with all parts of its decision; what it makes executions say
  /// to each other is delivered before this returns.
  decision tell(const std::string& id, const workflow_command& what);
  /// Gives the head of that queue to a worker; the task's id, or "" when
  /// nothing is visible.
  std::string poll(const std::string& queue, const std::string& worker);
  /// Lets the earliest deadline that is not after `until` fire, at its instant;
  /// false when there is none.
  bool fire_next(int64_t until);
  /// Fires everything up to `until`, which is then the time.
  void advance_to(int64_t until);
  /// The earliest deadline of all executions, 0: none.
  int64_t next_deadline() const;
  /// Whose it is; empty: nobody's.
  std::string next_to_fire() const;
  /// As if it had never been, but for what it told others.
  void remove(const std::string& id);

  const state* find(const std::string& id) const;
  /// The execution that has this task, or null.
  const state* owner_of(const std::string& task_id) const;
  /// In the order in which they began.
  const std::vector<std::string>& executions() const { return order_; }
  const queues& waiting() const { return queues_; }
  const std::vector<task_log>* logs_of(const std::string& task_id) const;
  void append_log(task_log line);
  /// What EVENT tasks published and nobody took, by queue and task id.
  using messages = std::map<std::string, std::map<std::string, payload>>;
  const messages& published() const { return published_; }

  /// Told of every decision that was not refused, before anything else hears
  /// of it.
  std::function<void(const std::string& id, const decision&)> on_decision;
  /// Told before a decision about an execution that exists; may put another
  /// state of the same execution in its place, as a node does that reads it
  /// again.
  std::function<void(const std::string& id, state&)> before_decision;
  /// Asked before an execution begins that another one wants; false keeps it
  /// from beginning, and nobody is told. May change what begins.
  std::function<bool(start_other&)> begins;
  virtual_node_bounds bounds;
  /// Why the virtual node stopped; empty while it goes on.
  const std::string& stopped() const { return stopped_; }

 private:
  decision decide_whole(const std::string& id, const workflow_command& what);
  bool may_go_on();
  void run_effects(const std::string& id, const decision& d);
  void run(const std::string& id, const offer_task& x);
  void run(const std::string& id, const withdraw_task& x);
  void run(const std::string& id, const send_outbox_message& x);
  void run(const std::string& id, const append_logs& x);
  void run(const std::string& id, const publish_message& x);
  void run(const std::string& id, const retract_message& x);
  void run(const std::string& id, const cache_output& x);
  void keep_slots(const slot_request& x);
  void tell_granted(const slot_group::changes& x);
  std::optional<failure> take_slot(workflow& head);
  void run(const std::string& id, const take_lease& x);
  void run(const std::string& id, const end_lease& x);
  void deliver_outbox_messages();
  void begin_other(start_other what);
  void schedule_timer(const std::string& id, int64_t due);

  ports ports_;
  const limits& limits_;
  std::map<std::string, state> live_;
  std::vector<std::string> order_;
  queues queues_;
  std::map<std::string, int64_t> deadline_of_;
  std::set<std::pair<int64_t, std::string>> deadlines_;
  std::deque<outbox_message> outbox_messages_;
  std::map<std::pair<std::string, std::string>, slot_group> slots_;
  uint64_t next_claim_ = 0;
  cached_outputs outputs_;
  std::map<std::string, std::vector<task_log>> logs_;
  messages published_;
  bool delivering_ = false;
  size_t decisions_ = 0, rows_ = 0;
  std::string stopped_;
};

} // namespace tutti::engine::dry_run
