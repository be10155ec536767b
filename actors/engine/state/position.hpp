#pragma once

#include "messages/model/execution.hpp"

#include <string>
#include <string_view>

namespace tutti::engine {

/// Where a row stands: at the top level, or in one iteration of a loop. What
/// follows a row stands where it stands.
struct position {
  /// Of the loop around it; 0: there is none.
  int32_t iteration = 0;
  /// Appended to every reference: "" at the top level, "__2" in iteration 2 of
  /// a loop, "__2__1" in iteration 1 of a loop inside of that.
  std::string suffix;
  /// Task id of the loop's row.
  std::string loop;
};

position position_of(const task& row);
/// Of the body of a loop.
position inside(const task& loop, int32_t iteration);

/// The reference as the definition, or the fork that made it, knows it. It may
/// contain `__` itself, so it is not found by cutting the row's.
inline const std::string& base_of(const task& row) {
  return row.definition->reference_name;
}
std::string_view suffix_of(const task& row);

/// A reference at that place: "ref", "ref__2".
std::string reference_in(const std::string& reference, const position& at);

/// How often a GOTO has led back at that place; 1: never. "t__2" is the second
/// pass at the top level, "t__3_2" that of iteration 3 of a loop. What undoes a
/// task stands in its SCOPE's row; "u__0_2" is the second pass of what undoes a
/// task outside of loops.
int32_t pass_of(const position& at);
position with_pass(const position& at, int32_t pass);

/// Tasks that have lists of tasks.
bool holds_tasks(const workflow_task& task);

} // namespace tutti::engine
