#include "actors/engine/scope/scope_progress.hpp"

#include "actors/engine/scope/scope_compensation.hpp"
#include "actors/engine/scope/scope_rows.hpp"

namespace tutti::engine {

using nlohmann::json;

scope_progress::scope_progress(const engine::state& execution,
                               const task& scope)
    : output(scope_output(execution, scope)) {
  if (!output.is_object())
    output = json::object();
}

std::string scope_progress::state() const {
  return text_at(output, "state", running);
}

std::string scope_progress::state_of(const task& scope) {
  return text_at(scope.output.json(), "state", running);
}

const json* scope_progress::end() const {
  for (auto key : {"failure", "caught"})
    if (auto it = output.find(key); it != output.end())
      return &*it;
  return nullptr;
}

void scope_progress::write(decision_builder& t,
                           decision_builder::row_index scope) const {
  auto change = t.edit(scope);
  change.output = payload(output);
  change.compensated = 0;
  change.update_time = t.now();
  t.emit(std::move(change));
}

void scope_progress::finish(decision_builder& t,
                            decision_builder::row_index scope,
                            task_status status, std::string reason) const {
  if (t.row(scope).compensated != 0) {
    auto change = t.edit(scope);
    change.compensated = 0;
    t.emit(std::move(change));
  }
  t.finish_row(scope, status, payload(output), std::move(reason));
}

const error_handler*
scope_progress::handler(const decision_builder& t,
                        decision_builder::row_index scope) const {
  auto caught = output.find("caught");
  if (caught == output.end() || !caught->is_object())
    return nullptr;
  auto index = caught->find("handler");
  auto& handlers = definition_of(t.execution(), scope).on_error;
  // JSON read from the store has signed numbers.
  if (index == caught->end() || !index->is_number_integer())
    return nullptr;
  auto i = index->get<int64_t>();
  return i < 0 || size_t(i) >= handlers.size() ? nullptr : &handlers[size_t(i)];
}

std::string scope_progress::text_at(const json& object, const char* key,
                                    const char* otherwise) {
  if (!object.is_object())
    return otherwise;
  auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>()
                                               : otherwise;
}

} // namespace tutti::engine
