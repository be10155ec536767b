#include "actors/engine/tasks/answered.hpp"

namespace tutti::engine {

/// Open until somebody updates it (reference:human).
const task_kind& human_kind() {
  static const answered_kind kind("HUMAN", awaited::nobody);
  return kind;
}

} // namespace tutti::engine
