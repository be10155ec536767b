#pragma once

#include "actors/engine/dry_run/virtual_node.hpp"
#include "messages/model/result.hpp"

#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tutti::test {

/// A dry run driven by hand (actors/engine/dry_run): its definitions, its
/// few ports, and the words that make a test short. What every decision would
/// store is kept beside it; `replay_is_live` reads it and compares.
class pure_world {
  struct house;
  std::unique_ptr<house> house_;

 public:
  explicit pure_world(engine::script_runner& scripts = engine::no_scripts());
  ~pure_world();
  pure_world(pure_world&&) noexcept;

  void define(std::string_view workflow_json);
  /// The conventions of the conformance cases: no retries, 120 s limits;
  /// `changes` is an object laid over them.
  void define_task(std::string name, std::string_view changes = "{}");
  void define_tasks(std::initializer_list<const char*> names);

  /// The id; outbox messages have been delivered.
  std::string start(std::string_view name, std::string_view input = "{}");
  result<std::string> try_start(start_workflow_request request);

  engine::decision tell(const std::string& id, workflow_command what);
  /// Hands out the task that waits longest; its id, or "".
  std::string poll(const std::string& queue);
  /// Polls the queue of that name and completes what it gives.
  void done(const std::string& queue, std::string_view output = "{}");
  void fail(const std::string& queue, std::string_view reason,
            task_status status = task_status::failed);
  /// Somebody updates that row, without polling it.
  void update(const std::string& id, std::string_view reference,
              task_status status, std::string_view output = "{}",
              std::string_view reason = "");
  /// An operator reruns from that task.
  engine::decision rerun(const std::string& id, std::string_view reference,
                         std::optional<payload> input = {});
  /// Moves the clock and fires what became due, deadline after deadline.
  void advance(int64_t ms);

  const engine::state& at(const std::string& id) const;
  const task& row(const std::string& id, std::string_view reference) const;
  std::string status(const std::string& id) const;
  /// "t1:C t2:S" in row order: references, or types in capitals.
  std::string rows(const std::string& id, bool types = true) const;
  /// The only child of a SUB_WORKFLOW row.
  std::string child(const std::string& id, std::string_view reference) const;
  size_t waiting(const std::string& queue) const;
  bool replay_is_live() const;
  size_t executions() const;
  /// What waits in an event queue, by the id of its task.
  std::map<std::string, payload> messages(const std::string& queue) const;

  int64_t& now;
  std::map<std::string, std::string>& active_domains; ///< type -> domain
  engine::limits& bounds;
  /// Called with each part of a decision.
  std::function<void(const std::string&, const engine::decision&)>& on_part;

 private:
  void answer(const std::string& queue, task_result result);
  engine::dry_run::virtual_node& world() const;
};

} // namespace tutti::test
