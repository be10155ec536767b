#include "actors/engine/scope/scope_compensation.hpp"

#include "actors/engine/definition/compiled_definition.hpp"
#include "actors/engine/scope/scope_rows.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>

namespace tutti::engine {

using nlohmann::json;

namespace scope_compensation_detail {

/// The task is in the `compensate` list of that task, at any depth.
bool helps_compensate(const compiled_definition& definition,
                      std::string_view base, const task& compensated) {
  for (auto* x = definition.location_of(base); x && x->parent;
       x = definition.location_of(x->parent->reference_name))
    if (x->list == &x->parent->compensate)
      return x->parent->reference_name == base_of(compensated);
  return false;
}

/// The row belongs to the run that compensates that task, in any pass.
bool is_of_run(const state& execution, const task& row, const task& scope,
               const task& compensated) {
  auto* out = &row;
  while (out && out->parent_task_id != scope.task_id)
    out = execution.find(out->parent_task_id);
  return out
         && compensated_at(execution, scope, suffix_of(*out)) == &compensated;
}

position in_list(const task& scope, std::string_view suffix) {
  position out{0, std::string(suffix), scope.task_id};
  auto last = suffix.rfind("__");
  if (last != suffix.npos)
    out.iteration
        = int32_t(std::strtol(out.suffix.c_str() + last + 2, nullptr, 10));
  return out;
}

const json* member(const task& scope, const char* key) {
  auto& output = scope.output.json();
  auto it = output.is_object() ? output.find(key) : output.end();
  return output.is_object() && it != output.end() && it->is_array() ? &*it
                                                                    : nullptr;
}

const std::string& text_of(const json& x) {
  static const std::string none;
  return x.is_string() ? x.get_ref<const std::string&>() : none;
}

/// Number of begun compensations; bounded, because clients can write outputs.
size_t begun(const task& scope) {
  auto* ids = to_compensate(scope);
  return std::min(ids ? ids->size() : 0,
                  size_t(std::max(0, scope.compensated)));
}

/// The task begun last for which `wanted` is true, or null.
const task* find_compensated(const state& execution, const task& scope,
                             const std::function<bool(const task&)>& wanted) {
  auto* ids = to_compensate(scope);
  for (auto k = begun(scope); k-- > 0;)
    if (auto* row = execution.find(text_of((*ids)[k])); row && wanted(*row))
      return row;
  if (auto* names = member(scope, "compensated"))
    for (auto name = names->rbegin(); name != names->rend(); ++name)
      if (auto* row = execution.latest(text_of(*name)); row && wanted(*row))
        return row;
  return nullptr;
}

} // namespace scope_compensation_detail

using namespace scope_compensation_detail;

const json* to_compensate(const task& scope) {
  return member(scope, "toCompensate");
}

std::vector<std::string> compensated_names(const state& execution,
                                           const task& scope) {
  std::vector<std::string> out;
  if (auto* names = member(scope, "compensated"))
    for (auto& name : *names)
      if (name.is_string())
        out.push_back(name.get<std::string>());
  auto* ids = to_compensate(scope);
  for (size_t k = 0; k < begun(scope); ++k)
    if (auto* row = execution.find(text_of((*ids)[k])))
      out.push_back(row->reference_name);
  return out;
}

json scope_output(const state& execution, const task& scope) {
  auto out = scope.output.json();
  auto k = begun(scope);
  if (k == 0)
    return out;
  out["compensated"] = compensated_names(execution, scope);
  auto& ids = out["toCompensate"];
  ids.erase(ids.begin(), ids.begin() + std::ptrdiff_t(k));
  return out;
}

const task* last_compensated(const state& execution, const task& scope) {
  return find_compensated(execution, scope, [](auto&) { return true; });
}

const task* compensated_at(const state& execution, const task& scope,
                           std::string_view suffix) {
  // A further pass of a `compensate` list compensates the same task as pass 1.
  for (auto at = in_list(scope, suffix);;) {
    auto* row = find_compensated(execution, scope, [&](auto& compensated) {
      return suffix_of(compensated) == at.suffix;
    });
    if (row || pass_of(at) == 1)
      return row;
    at = with_pass(at, execution.pass_before(at));
  }
}

compensation_runs::compensation_runs(const state& execution, const task& scope)
    : execution_(execution), scope_(scope),
      names_(compensated_names(execution, scope)) {
  for (size_t i = 0; i < names_.size(); ++i)
    locations_.emplace(names_[i], i);
}

size_t compensation_runs::of(const task& row) const {
  // The row of the list itself, when `row` is inside of a loop in the list.
  auto* out = &row;
  while (out && out->parent_task_id != scope_.task_id)
    out = execution_.find(out->parent_task_id);
  auto* definition = out ? &execution_.definition_of(*out) : nullptr;
  auto* location = out ? location_around(execution_, *out) : nullptr;
  while (location && location->parent
         && location->list != &location->parent->compensate)
    location = definition->location_of(location->parent->reference_name);
  if (!location || !location->parent)
    return names_.size();
  // A further pass of a `compensate` list compensates the same task as pass 1.
  for (auto at = in_list(scope_, suffix_of(*out));;) {
    auto it
        = locations_.find(reference_in(location->parent->reference_name, at));
    if (it != locations_.end())
      return it->second;
    if (pass_of(at) == 1)
      return names_.size();
    at = with_pass(at, execution_.pass_before(at));
  }
}

std::optional<const task*> beside_compensated(const state& execution,
                                              std::string_view base,
                                              const task& scope,
                                              const task& compensated) {
  if (helps_compensate(execution.definition_of(compensated), base,
                       compensated)) {
    return execution.last_of(base, [&](auto& row) {
      return is_of_run(execution, row, scope, compensated);
    });
  }
  for (auto* x = &compensated; x; x = execution.find(x->parent_task_id)) {
    auto* row
        = execution.latest(reference_in(std::string(base), position_of(*x)));
    if (row && base_of(*row) == base
        && row->parent_task_id == x->parent_task_id)
      return row;
    if (x->parent_task_id == scope.parent_task_id)
      break;
  }
  return std::nullopt;
}

} // namespace tutti::engine
