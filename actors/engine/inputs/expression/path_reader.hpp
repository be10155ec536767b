#pragma once

#include "actors/engine/inputs/expression/path_syntax.hpp"
#include "messages/model/memory/memory_account.hpp"

#include <cstdint>
#include <deque>
#include <limits>

/// Evaluates one path. Only the reader's own files include this.
namespace tutti::engine::path_reading {

using nlohmann::json;

/// Limit of visited nodes where nobody counts: about 50 ms of work.
constexpr size_t steps_max = 4'000'000;

struct context {
  root_source& roots;
  size_t steps_left = steps_max;
  bool failed = false; ///< a function could not be applied, or out of steps
  bool ran_out = false;
  std::deque<json> made = {};
  int depth = 0;
  /// What the values in `made` and the matches take, and may take.
  uint64_t made_bytes = 0,
           made_bytes_max = std::numeric_limits<uint64_t>::max();
  bool too_heavy = false;
  memory_hold memory = {}; ///< of `made_bytes`, once they are many

  bool spend(size_t steps = 1) {
    if (steps_left < steps) {
      steps_left = 0;
      failed = ran_out = true;
    } else {
      steps_left -= steps;
    }
    return !failed;
  }
  /// Throws `memory_shortage`.
  bool make(uint64_t bytes) {
    made_bytes += bytes;
    if (made_bytes > held_without_asking + memory.bytes()
        || made_bytes > made_bytes_max)
      hold_more();
    return !failed;
  }
  /// Pays for a copy of the value.
  bool copy(const json& value);
  const json* own(json value) { return &made.emplace_back(std::move(value)); }

 private:
  static constexpr uint64_t held_without_asking = 1 << 20;
  void hold_more();
};

using matches = std::vector<const json*>;

/// Reads `p` from segment `from` on, starting at `at`; appends to `out`.
void walk(context& x, const path_syntax::path& p, size_t from, const json* at,
          matches& out);

/// Reads a whole path: `$` from the roots, `@` from `current`. Null when a
/// definite path finds nothing.
const json* read(context& x, const path_syntax::path& p, const json* current);

/// The matches of a path, without building a list.
matches find(context& x, const path_syntax::path& p, const json* current);

bool accepts(context& x, const path_syntax::condition& test,
             const json& candidate);

/// Null when the function cannot be applied to `subject`.
const json* apply(context& x, const path_syntax::call& f, const json& subject);

/// Number of nodes in the value, counted up to `limit`: the cost of a copy.
size_t weigh(const json& value, size_t limit);

} // namespace tutti::engine::path_reading
