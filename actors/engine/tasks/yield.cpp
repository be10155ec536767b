#include "actors/engine/tasks/answered.hpp"

namespace tutti::engine {

/// Open until it is signalled or updated (reference:yield).
const task_kind& yield_kind() {
  static const answered_kind kind("YIELD", awaited::signal);
  return kind;
}

} // namespace tutti::engine
