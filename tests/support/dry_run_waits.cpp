#include "actors/engine/views/progress.hpp"
#include "actors/engine/views/rendering.hpp"
#include "actors/support/unknown.hpp"
#include "tests/support/dry_run_node.hpp"

// Clients that wait, where nothing happens by itself: the state is what it is
// when the request comes, and a deadline is always over.

namespace tutti::test {

namespace dry_run_waits_detail {

/// Where a wait ends, depth first.
struct place {
  const engine::state* at = nullptr;
  engine::progress now;
};

place find(const engine::dry_run::virtual_node& in, const std::string& id,
           const wait_options& how, bool is_target = true) {
  auto* at = in.find(id);
  if (!at)
    return {};
  auto now = engine::progress_of(*at, how.references, 100);
  if ((now.ended && is_target) || now.reached || now.blocking)
    return {at, now};
  for (auto& child : now.children)
    if (auto found = find(in, child, how, false); found.at)
      return found;
  return {};
}

} // namespace dry_run_waits_detail

result<waited> dry_run_node::wait(const std::string& id,
                                  const wait_options& how) {
  using namespace dry_run_waits_detail;
  auto* target = world_.find(id);
  if (!target)
    return unknown_workflow(id);
  auto [at, now] = find(world_, id, how);
  waited out;
  out.workflow_id = id;
  out.status = target->head().status;
  out.shown = how.strategy;
  out.timed_out = !at;
  bool task = how.strategy == return_strategy::blocking_task
              || how.strategy == return_strategy::blocking_task_input;
  if (how.output_only) {
    out.content = engine::render_output(*target);
  } else if (task && now.blocking) {
    out.content = payload::trusted(engine::render_run(*at, *now.blocking));
  } else {
    bool elsewhere = at && how.strategy == return_strategy::blocking_workflow;
    if (task)
      out.shown = return_strategy::target_workflow;
    out.content
        = payload::trusted(engine::render_run(elsewhere ? *at : *target));
  }
  return out;
}

result<waited> dry_run_node::on(execute_workflow& x) {
  start_workflow start{x.what};
  auto begun = on(start);
  if (!begun)
    return begun.failure();
  return wait(begun->workflow_id, x.wait);
}

result<waited> dry_run_node::on(call_and_wait& x) {
  auto called = call(x.workflow_id, x.what, false);
  if (!called)
    return called.failure();
  return wait(x.workflow_id, x.wait);
}

result<waited> dry_run_node::on(signal_workflow& x) {
  waited none;
  none.effective = false;
  std::vector<std::string> open = {x.workflow_id};
  while (!open.empty()) {
    auto id = std::move(open.back());
    open.pop_back();
    auto* at = world_.find(id);
    if (!at && id == x.workflow_id)
      return unknown_workflow(id);
    if (!at)
      continue;
    auto now = engine::progress_of(*at, {}, 100);
    if (!now.takes_signals) {
      open.insert(open.end(), now.children.rbegin(), now.children.rend());
      continue;
    }
    auto called = call(id, x.what, false);
    if (!called)
      return called.failure();
    if (x.waits)
      return wait(x.workflow_id, x.wait);
    return waited{};
  }
  return none;
}

result<done> dry_run_node::on(cancel_wait&) { return done{}; }

} // namespace tutti::test
