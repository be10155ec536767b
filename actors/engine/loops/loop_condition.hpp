#pragma once

#include "actors/engine/decision/decision_builder.hpp"

#include <set>
#include <string>
#include <string_view>

namespace tutti::engine {

/// What a loop's condition looks at, found in its text, so that it is given
/// that and not everything the loop has put out so far. Whatever is not
/// understood counts as everything.
struct condition_reads {
  /// `$` stands alone, or is asked for a name that is computed.
  bool everything = false;
  std::set<std::string, std::less<>> names; ///< `$.x`, `$['x']`
  /// More of the loop's output than its numbers and these iterations.
  bool whole_loop = false;
  std::set<int32_t> iterations;   ///< `$.loop[3]`, `$.loop['3']`
  bool current_iteration = false; ///< `$.loop[$.loop.iteration]`
};

condition_reads reads_of(std::string_view source, std::string_view loop);

struct condition_answer {
  bool holds = false;
  std::string error; ///< why it could not be evaluated; empty: it could
};

/// Evaluates the condition of a loop (engine.md §4.15) after its current
/// iteration.
condition_answer evaluate_condition(const decision_builder& t,
                                    const task& loop);

} // namespace tutti::engine
