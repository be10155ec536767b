#pragma once

#include "actors/engine/inputs/expression/path_syntax.hpp"

#include <deque>

/// One evaluation of a path. Shared by the reader's files only.
namespace tutti::engine::path_reading {

using nlohmann::json;

/// Nodes one evaluation may look at: about 50 ms of work.
constexpr size_t steps_max = 4'000'000;

struct context {
  root_source& roots;
  size_t steps_left = steps_max;
  bool failed = false; ///< a function could not be applied, or out of steps
  std::deque<json> made = {};
  int depth = 0;

  bool spend(size_t steps = 1) {
    if (steps_left < steps) {
      steps_left = 0;
      failed = true;
    } else {
      steps_left -= steps;
    }
    return !failed;
  }
  const json* own(json value) { return &made.emplace_back(std::move(value)); }
};

using matches = std::vector<const json*>;

/// Reads `p` from segment `from` on, starting at `at`.
void walk(context& x, const path_syntax::path& p, size_t from, const json* at,
          matches& out);

/// A whole path: `$` from the roots, `@` from `current`. Null when a definite
/// path finds nothing.
const json* read(context& x, const path_syntax::path& p, const json* current);

/// What a path matches, without making a list of it.
matches find(context& x, const path_syntax::path& p, const json* current);

bool accepts(context& x, const path_syntax::condition& test,
             const json& candidate);

/// Null when the function cannot be applied to `subject`.
const json* apply(context& x, const path_syntax::call& f, const json& subject);

/// Nodes of a value, counted up to `limit`: what a copy costs.
size_t weigh(const json& value, size_t limit);

} // namespace tutti::engine::path_reading
