#pragma once

#include "actors/engine/dry_run/ids.hpp"
#include "actors/engine/dry_run/virtual_node.hpp"
#include "actors/metadata/definition_snapshot.hpp"
#include "actors/node/node_environment.hpp"
#include "actors/queue/poll_registry.hpp"
#include "actors/support/clock.hpp"
#include "api/gateway/gateway_port.hpp"
#include "tests/support/stored_copies.hpp"

#include <memory>

namespace tutti::test {

/// Answers what the REST routes ask from a dry run instead of a node: the
/// engine, the codecs and the routes are the real ones; actors, disk, sockets
/// and waiting are not there. Every answer is given before `send` returns. One
/// thread.
class dry_run_node final : public api::gateway_port,
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

  void send(api::gateway_message what) override;

  /// What was asked for and needs more than an engine, in words; empty:
  /// nothing since the last call.
  std::string take_beyond();

 private:
  result<started> on(start_workflow& x);
  result<answer> on(call_workflow& x);
  result<answer> on(restart_workflow& x);
  result<answer> on(rerun_workflow& x);
  result<done> on(remove_workflow& x);
  result<document> on(read_execution& x);
  result<execution_list> on(list_executions& x);
  result<document> on(test_workflow& x);
  result<waited> on(execute_workflow& x);
  result<waited> on(call_and_wait& x);
  result<waited> on(signal_workflow& x);
  result<done> on(cancel_wait& x);
  result<polled> on(poll_tasks& x);
  result<done> on(cancel_poll& x);
  result<done> on(append_task_log& x);
  result<document> on(read_task_logs& x);
  result<document> on(read_queue_sizes& x);
  result<document> on(read_queue_size& x);
  result<document> on(list_queues& x);
  result<document> on(read_poll_data& x);
  result<document> on(requeue_tasks& x);
  result<document> on(register_workflows& x);
  result<done> on(register_tasks& x);
  result<done> on(remove_workflow_definition& x);
  result<done> on(remove_task_definition& x);
  result<document> on(read_definitions& x);
  result<std::vector<violation>> on(check_scripts& x);
  result<done> on(advance_clock& x);
  /// A request that only a node can answer.
  template <class Request>
  result<typename Request::response> on(Request& x);

  result<answer> call(const std::string& id, const workflow_command& what,
                      bool answer_execution);
  result<waited> wait(const std::string& id, const wait_options& how);
  template <class Request, class... Now>
  result<document> change_definitions(const Request& x, Now... now);

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
