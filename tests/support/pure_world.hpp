#pragma once

#include "actors/engine/decider.hpp"
#include "messages/model/result.hpp"

#include <deque>
#include <map>
#include <string>
#include <string_view>

namespace tutti::test {

/// Executions without actors, disk or clock: the engine, the letters between
/// executions and the queues, driven by hand. Every decision is also applied
/// to a second copy of its execution; `replay_is_live` compares the two.
class pure_world final : engine::id_source,
                         definition_source,
                         engine::domain_activity,
                         engine::environment {
 public:
  int64_t now = 1'700'000'000'000;

  void define(std::string_view workflow_json);
  /// The conventions of the conformance cases: no retries, 120 s limits;
  /// `changes` is an object laid over them.
  void define_task(std::string name, std::string_view changes = "{}");

  /// The id; letters have been delivered.
  std::string start(std::string_view name, std::string_view input = "{}");
  result<std::string> try_start(start_workflow_request request);

  engine::decision tell(const std::string& id, workflow_command what);
  /// Hands out the task that waits longest; its id, or "".
  std::string poll(const std::string& queue);
  /// Polls the queue of that name and completes what it gives.
  void done(const std::string& queue, std::string_view output = "{}");
  void fail(const std::string& queue, std::string_view reason,
            task_status status = task_status::failed);
  /// Moves the clock and fires what became due, deadline after deadline.
  void advance(int64_t ms);

  const engine::state& at(const std::string& id) const { return live_.at(id); }
  const task& row(const std::string& id, std::string_view reference) const;
  std::string status(const std::string& id) const;
  /// "t1:C t2:S" in row order: references, or types in capitals.
  std::string rows(const std::string& id, bool types = true) const;
  /// The only child of a SUB_WORKFLOW row.
  std::string child(const std::string& id, std::string_view reference) const;
  size_t waiting(const std::string& queue) const;
  bool replay_is_live() const;
  size_t executions() const { return live_.size(); }

  std::map<std::string, std::string> active_domains; ///< type -> domain
  engine::limits bounds;

 private:
  std::string workflow_id() override;
  std::string task_id(std::string_view workflow_id) override;
  uint64_t random(uint64_t below) override;
  workflow_def_pointer
  find_workflow(std::string_view name,
                std::optional<int32_t> version) const override;
  task_def_pointer find_task(std::string_view name) const override;
  bool active(std::string_view type, std::string_view domain) const override;
  std::optional<std::string> system_name(std::string_view name) const override;
  std::optional<std::string> variable(std::string_view name) const override;

  void run_effects(const std::string& id, const engine::decision& d);
  void deliver_letters();
  void update(const std::string& queue, task_result result);

  struct waiting_row {
    engine::queue_row row;
    std::string workflow_id;
  };
  std::map<std::string, engine::state> live_, replayed_;
  std::map<std::string, std::map<int32_t, workflow_def_pointer>> workflows_;
  std::map<std::string, task_def_pointer> tasks_;
  std::map<std::string, std::vector<waiting_row>> queues_;
  std::deque<letter> letters_;
  uint64_t counter_ = 0;
};

} // namespace tutti::test
