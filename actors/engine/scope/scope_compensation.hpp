#pragma once

#include "actors/engine/state/state.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tutti::engine {

// What a scope undoes, and what it has undone: OWN_TASKS.md, "SCOPE". A step of
// undoing changes a number of the row, `task::undone`; the lists in its output
// are written when undoing begins and when it ends, and shown from both.

/// The output as clients see it: what has been undone moved from
/// `toCompensate` to `compensated`.
nlohmann::json scope_output(const state& execution, const task& scope);
/// The references that a scope has begun to undo, in that order.
std::vector<std::string> compensated_names(const state& execution,
                                           const task& scope);
/// The ids of what it is to undo, those that were begun included; null: none.
const nlohmann::json* to_compensate(const task& scope);
/// The row that it has begun to undo last, or null.
const task* last_compensated(const state& execution, const task& scope);

/// What stands at `suffix` among the rows that a scope runs to undo something
/// undoes this row; null: nothing any more.
const task* compensated_at(const state& execution, const task& scope,
                           std::string_view suffix);

/// Which row of what undoes something helps to undo which task.
class compensation_runs {
 public:
  compensation_runs(const state& execution, const task& scope);
  /// The references that were begun, in that order.
  const std::vector<std::string>& names() const { return names_; }
  /// Where among them stands what that row helps to undo; their number:
  /// nowhere.
  size_t of(const task& row) const;

 private:
  const state& execution_;
  const task& scope_;
  std::vector<std::string> names_;
  std::unordered_map<std::string, size_t> locations_;
};

/// What such rows mean by a reference: the row of their own run of the list
/// (null: there is none), else one that stands beside the undone row or around
/// it, within the scope. Nothing: they mean what all others mean by it.
std::optional<const task*> beside_compensated(const state& execution,
                                              std::string_view base,
                                              const task& scope,
                                              const task& compensated);

} // namespace tutti::engine
