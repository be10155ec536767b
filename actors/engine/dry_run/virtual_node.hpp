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

/// What a virtual node needs from its owner; must outlive it.
struct ports {
  id_source& ids;
  const definition_source& definitions;
  const domain_activity& domains;
  const environment& env;
  script_runner& scripts;
  const event_sinks* sinks = nullptr; ///< as in `context`
};

/// Bounds of a virtual node: beyond them it decides nothing more.
struct virtual_node_bounds {
  size_t executions = SIZE_MAX;
  size_t decisions = SIZE_MAX;
  size_t rows = SIZE_MAX;  ///< in all executions
  size_t bytes = SIZE_MAX; ///< of all events
  /// Called before each decision; a sentence stops the virtual node.
  std::function<std::optional<std::string>()> stop;
};

/// Families of executions without actors, disk or real clock: the engine, the
/// outbox messages between executions, queues and timers. Time moves only when
/// the owner moves it. Single-threaded.
class virtual_node {
 public:
  virtual_node(ports given, const limits& bounds, int64_t now)
      : now(now), ports_(given), limits_(bounds) {}
  virtual_node(const virtual_node&) = delete;
  virtual_node& operator=(const virtual_node&) = delete;

  int64_t now; ///< epoch ms; never goes back

  /// Starts an execution of a registered or inline definition; answers its id.
  result<std::string> start(const start_workflow_request& request);
  /// The same with an id chosen by the caller.
  result<std::string> start(const start_workflow_request& request,
                            std::string id);
  /// Runs one command with all parts of its decision, and delivers the outbox
  /// messages it causes before it returns.
  decision tell(const std::string& id, const workflow_command& what);
  /// Hands the head of the queue to a worker: the task's id, or "" when none is
  /// visible.
  std::string poll(const std::string& queue, const std::string& worker);
  /// Fires the earliest deadline up to `until`, at its instant; false when
  /// there is none.
  bool fire_next(int64_t until);
  /// Fires all deadlines up to `until` and sets the clock to it.
  void advance_to(int64_t until);
  /// The earliest deadline of all executions, 0: none.
  int64_t next_deadline() const;
  /// The execution with that deadline; empty: none.
  std::string next_to_fire() const;
  /// Removes the execution; messages it has sent stay.
  void remove(const std::string& id);

  const state* find(const std::string& id) const;
  /// The execution that has this task, or null.
  const state* owner_of(const std::string& task_id) const;
  /// In the order of their starts.
  const std::vector<std::string>& executions() const { return order_; }
  const queues& waiting() const { return queues_; }
  const std::vector<task_log>* logs_of(const std::string& task_id) const;
  void append_log(task_log line);
  /// Messages that EVENT tasks published, by queue and task id.
  using messages = std::map<std::string, std::map<std::string, payload>>;
  const messages& published() const { return published_; }

  /// Called with every decision that was not refused, before its effects run.
  std::function<void(const std::string& id, const decision&)> on_decision;
  /// Called before a decision about an existing execution; may replace its
  /// state by an equal one, like a node that reloads it from the store.
  std::function<void(const std::string& id, state&)> before_decision;
  /// Called before another execution's requested start; false: it does not
  /// start and nobody is told. May change the request.
  std::function<bool(start_other&)> begins;
  virtual_node_bounds bounds;
  /// Why the virtual node stopped; empty while it runs.
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
  size_t decisions_ = 0, rows_ = 0, bytes_ = 0;
  std::string stopped_;
};

} // namespace tutti::engine::dry_run
