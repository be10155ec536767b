#pragma once

#include "messages/model/execution.hpp"

#include <string>
#include <string_view>

namespace tutti::engine {

/// Where a row belongs: the top level, or one iteration of a loop. Successors
/// inherit it.
struct position {
  /// Iteration of the innermost loop; 0 outside of loops.
  int32_t iteration = 0;
  /// Appended to every reference: "" at the top level, "__2" in iteration 2 of
  /// a loop, "__2__1" in iteration 1 of a loop inside of that.
  std::string suffix;
  /// Task id of the row of the innermost loop or SCOPE; empty at the top level.
  std::string loop;
};

position position_of(const task& row);
/// The position of the rows in that iteration of the loop's body.
position inside(const task& loop, int32_t iteration);

/// The reference without the loop suffix: the name in the definition, or the
/// one that the dynamic fork gave. Cutting the row's reference would be wrong,
/// because names may contain `__` themselves.
inline const std::string& base_of(const task& row) {
  return row.definition->reference_name;
}
std::string_view suffix_of(const task& row);

/// The reference of a row at that position: "ref", "ref__2".
std::string reference_in(const std::string& reference, const position& at);

/// The pass of the position: 1, or the number that a GOTO leading back gave it.
/// "t__2" is pass 2 at the top level, "t__3_2" pass 2 in iteration 3 of a loop.
/// A compensation task belongs to its SCOPE's row and has the suffix of the
/// compensated task; outside of loops its pass 2 is "u__0_2".
int32_t pass_of(const position& at);
position with_pass(const position& at, int32_t pass);

/// Tasks that have lists of tasks.
bool holds_tasks(const workflow_task& task);

} // namespace tutti::engine
