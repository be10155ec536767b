#pragma once

#include "actors/engine/state/state.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tutti::engine {

// What a SCOPE compensates: reference:scope. A step of compensation
// changes one number of the row, `task::compensated`. The lists in its output
// (`toCompensate`: task ids, `compensated`: references) are written when
// compensation begins and ends; readers combine them with the number.

/// The output that clients see: begun tasks moved from `toCompensate` to
/// `compensated`.
nlohmann::json scope_output(const state& execution, const task& scope);
/// References of the tasks whose compensation has begun, in that order.
std::vector<std::string> compensated_names(const state& execution,
                                           const task& scope);
/// Ids of all tasks to compensate, begun ones included; null: the output has no
/// such list.
const nlohmann::json* to_compensate(const task& scope);
/// The task whose compensation began last, or null.
const task* last_compensated(const state& execution, const task& scope);

/// The task that compensation rows with `suffix` compensate; null when it is no
/// longer known.
const task* compensated_at(const state& execution, const task& scope,
                           std::string_view suffix);

/// Maps compensation rows to the task that they compensate.
class compensation_runs {
 public:
  compensation_runs(const state& execution, const task& scope);
  /// References of the tasks whose compensation has begun, in that order.
  const std::vector<std::string>& names() const { return names_; }
  /// Index in `names()` of the task that the row helps to compensate;
  /// `names().size()`: none.
  size_t of(const task& row) const;

 private:
  const state& execution_;
  const task& scope_;
  std::vector<std::string> names_;
  std::unordered_map<std::string, size_t> locations_;
};

/// The row that a reference means in a compensation task: a task of the same
/// `compensate` list means its row in the same run (null: none yet); otherwise
/// the row beside or around the compensated task, within the scope. nullopt:
/// the reference means what it means anywhere else.
std::optional<const task*> beside_compensated(const state& execution,
                                              std::string_view base,
                                              const task& scope,
                                              const task& compensated);

} // namespace tutti::engine
