#include "actors/workflow/workflow_actor.hpp"

#include "actors/workflow/decision_figures.hpp"
#include "actors/workflow/decision_log.hpp"

#include <utility>

// Decisions that exceed the bound on events are made and committed in parts
// (actors/engine/README.md, "Decide and apply").

namespace tutti {

void workflow_state::resume_long_requests() {
  if (long_requests_.empty() || pending_decision_
      || !commits_under_way_.empty())
    return;
  if (!removed_)
    return continue_decision();
  for (auto& request : std::exchange(long_requests_, {}))
    answer_in_order(request.input.done, unknown());
}

// One part per commit: other executions get their turn in between, and commits
// stay small.
void workflow_state::continue_decision() {
  auto& context = *setup.context;
  if (context.before_decision)
    context.before_decision(setup.id);
  by_itself_ = true;
  auto now = context.clock->now_ms();
  auto definitions = context.definitions();
  auto part = [this, now, definitions](engine::script_runner& scripts) {
    auto& context = *setup.context;
    auto sinks = context.events ? context.events->sinks() : nullptr;
    return engine::continue_decision(
        execution_, long_requests_.front().why,
        {now, *context.ids, *definitions, *context.domains, *context.env,
         context.bounds, scripts, sinks.get(), context.outputs.get()});
  };
  if (!context.scripts
      || (!engine::may_run_scripts(execution_, command::decide{})
          && !may_take_long(command::decide{}))) {
    std::optional<engine::decision> decided;
    try {
      decided = part(engine::no_scripts());
    } catch (const std::bad_alloc&) {
      return give_up({}); // its timer goes on with it
    }
    return conclude_part(now, std::move(*decided));
  }
  pending_decision_ = std::make_unique<pending_decision>();
  pending_decision_->input.now = now;
  pending_decision_->is_part = true;
  pending_decision_->group = execution_.head().definition->name;
  pending_decision_->fiber = std::make_unique<suspendable_decision>(part);
  advance_suspended_decision();
}

// What expressions read is what takes long. A stack of its own costs less than
// a microsecond: nothing beside reading so many bytes once.
bool workflow_state::may_take_long(const workflow_command& what) const {
  constexpr uint64_t bytes = 64 << 10;
  if (auto* start = std::get_if<command::start>(&what))
    return start->head.input.text().size() >= bytes;
  if (auto* update = std::get_if<command::update_task>(&what);
      update && update->result.output.text().size() >= bytes)
    return true;
  return execution_.exists() && execution_.bytes() >= bytes;
}

void workflow_state::conclude_part(int64_t now, engine::decision decided) {
  count_limits(decided);
  auto input = long_requests_.front().input;
  input.before = workflow_status::running;
  log_decision(execution_, setup.id, input.request_id, input.what, decided);
  if (auto* metrics = setup.context->metrics.get())
    // What its command did was counted with the first part.
    count_decision(*metrics, execution_, command::decide{}, input.before,
                   decided);
  bool changed = !decided.events.empty() || !decided.effects.empty();
  bool unfinished = decided.unfinished;
  if (changed)
    record(decided, input.what, now);
  if (!unfinished)
    for (auto& x : std::exchange(long_requests_, {})) {
      auto answered
          = answer_to(x.input.what, x.first, x.input.answer_execution);
      if (changed)
        next_->answer_with(x.input.done, std::move(answered));
      else
        answer_in_order(x.input.done, std::move(answered));
    }
  if (changed)
    commit(now);
  else
    tell_watches(false);
}

} // namespace tutti
