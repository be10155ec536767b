#pragma once

#include "actors/engine/decision/decision_builder.hpp"

#include <set>
#include <string>
#include <string_view>

namespace tutti::engine {

/// The names that a loop's condition reads, found in its text, so that the
/// script gets those instead of the loop's whole output. Text that is not
/// understood counts as reading everything.
struct condition_reads {
  /// `$` is used alone, or with a computed name.
  bool everything = false;
  std::set<std::string, std::less<>> names; ///< `$.x`, `$['x']`
  /// Reads more of the loop's output than `iteration`, `loopIndex`, `loopItem`
  /// and the iterations below.
  bool whole_loop = false;
  std::set<int32_t> iterations;   ///< `$.loop[3]`, `$.loop['3']`
  bool current_iteration = false; ///< `$.loop[$.loop.iteration]`
};

condition_reads reads_of(std::string_view source, std::string_view loop);

struct condition_answer {
  bool holds = false;
  std::string error; ///< why it could not be evaluated; empty: it was
};

/// Evaluates the condition of a loop (reference:do-while#condition) after its
/// current iteration.
condition_answer evaluate_condition(const decision_builder& t,
                                    const task& loop);

} // namespace tutti::engine
