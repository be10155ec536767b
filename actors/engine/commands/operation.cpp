#include "actors/engine/commands/operation.hpp"

#include "actors/engine/commands/handlers.hpp"
#include "actors/engine/commands/operations.hpp"

#include <functional>
#include <map>
#include <stdexcept>

namespace tutti::engine {

namespace operation_detail {

using list = std::map<std::string, const operation_kind*, std::less<>>;

list& operations() {
  static list all{{"update_state", &update_state_operation()},
                  {"jump", &jump_operation()}};
  return all;
}

/// Null: no operation has that name.
const operation_kind* find(std::string_view name) {
  auto it = operations().find(name);
  return it == operations().end() ? nullptr : it->second;
}

} // namespace operation_detail

void register_operation(std::string_view name, const operation_kind& kind) {
  if (!operation_detail::operations().emplace(std::string(name), &kind).second)
    throw std::logic_error("there is an operation '" + std::string(name)
                           + "' already");
}

bool operation_kind::calls_scripts(const state& execution,
                                   const payload&) const {
  return execution.exists() && execution.definition().may_run_scripts();
}

void handle(decision_builder& t, const command::operation& c) {
  if (auto* kind = operation_detail::find(c.name))
    return kind->handle(t, c.arguments);
  t.refuse(errc::invalid, "there is no operation '" + c.name + "'");
}

cause cause_of(const command::operation& c) {
  auto* kind = operation_detail::find(c.name);
  return kind ? kind->why(c) : cause{cause_kind::operator_, c.name};
}

bool calls_scripts(const state& execution, const command::operation& c) {
  auto* kind = operation_detail::find(c.name);
  return kind && kind->calls_scripts(execution, c.arguments);
}

} // namespace tutti::engine
