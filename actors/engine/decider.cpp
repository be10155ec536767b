#include "actors/engine/decider.hpp"

#include "actors/engine/commands/handlers.hpp"

namespace tutti::engine {

bool may_run_scripts(const state& execution, const workflow_command& what) {
  return std::visit([&](auto& c) { return calls_scripts(execution, c); }, what);
}

decision decide(state& execution, const workflow_command& what,
                const decision_context& context) {
  execution.compact();
  decision_builder t(execution, context);
  if (!execution.exists() && !std::holds_alternative<command::start>(what))
    t.refuse(errc::not_found, "no such workflow");
  else
    std::visit([&](auto& c) { handle(t, c); }, what);
  auto out = t.take();
  out.why = std::visit([](auto& c) { return cause_of(c); }, what);
  return out;
}

decision continue_decision(state& execution, cause why,
                           const decision_context& context) {
  execution.compact();
  decision_builder t(execution, context);
  t.run();
  auto out = t.take();
  out.why = std::move(why);
  return out;
}

} // namespace tutti::engine
