#pragma once

#include "actors/engine/dry_run/ids.hpp"
#include "actors/engine/dry_run/virtual_node.hpp"
#include "actors/metadata/definition_snapshot.hpp"
#include "actors/node/node_environment.hpp"
#include "actors/queue/poll_registry.hpp"
#include "actors/support/clock.hpp"
#include "api/rest/routes/gateway_port.hpp"
#include "messages/workflow_tester.hpp"
#include "tests/support/stored_copies.hpp"

#include <memory>

namespace tutti::test {

/// Answers what the REST routes ask from a dry run instead of a node: the
/// engine, the codecs and the routes are the real ones; actors, disk, sockets
/// and waiting are not there. Every answer is given before `send` returns. One
/// thread.
class dry_run_node final : public rest::gateway_port,
                           public workflow_tester,
                           definition_source,
                           engine::domain_activity {
 public:
  struct options {
    engine::limits bounds;
    node_environment::variables environment;
    size_t input_bytes_max = 10 << 20;
    engine::script_runner* scripts = nullptr; ///< null: none can be run
    /// What a look at the syntax of a script comes to; none: all are right.
    std::function<engine::script_result(engine::script_language,
                                        std::string_view)>
        check;
    /// Every decision is taken on a state that was read from its stored bytes.
    bool read_again = false;
  };
  explicit dry_run_node(options how);

  void send(rest::gateway_message what) override;
  void test(test_workflow what) override;

  /// What was asked for and needs more than an engine, in words; empty:
  /// nothing since the last call.
  std::string take_beyond();

 private:
  void on(start_workflow& x);
  void on(call_workflow& x);
  void on(restart_workflow& x);
  void on(rerun_workflow& x);
  void on(remove_workflow& x);
  void on(read_execution& x);
  void on(list_executions& x);
  void on(poll_tasks& x);
  void on(append_task_log& x);
  void on(read_task_logs& x);
  void on(queue_query& x);
  void on(register_workflows& x);
  void on(register_tasks& x);
  void on(remove_definition& x);
  void on(read_definitions& x);
  void on(advance_clock& x);
  void on(check_scripts& x);
  /// A message that only a node can answer.
  template <class Message>
  void on(Message& x);

  result<answer> call(const std::string& id, const workflow_command& what,
                      bool answer_execution);
  result<answer> begin(start_workflow_request request);
  result<answer> rerun(const rerun_workflow& x);
  result<answer> remove(const remove_workflow& x);

  workflow_def_pointer
  find_workflow(std::string_view name,
                std::optional<int32_t> version) const override;
  task_def_pointer find_task(std::string_view name) const override;
  bool active(std::string_view type, std::string_view domain) const override;

  options how_;
  node_environment environment_;
  engine::dry_run::seeded_ids ids_{1};
  definition_snapshot_pointer definitions_
      = std::make_shared<const definition_snapshot>();
  engine::dry_run::virtual_node world_;
  stored_copies stored_;
  std::shared_ptr<clock> clock_;
  poll_registry polls_;
  std::string beyond_;
};

} // namespace tutti::test
