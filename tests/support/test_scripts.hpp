#pragma once

#include "actors/evaluators/script_process.hpp"

#include <memory>

namespace tutti {

/// A script runner over the evaluator of this build, with the default limits.
inline std::unique_ptr<evaluators::script_process>
test_scripts(evaluators::evaluator_settings settings = {}) {
  settings.program = TUTTI_EVALUATOR;
  return std::make_unique<evaluators::script_process>(std::move(settings));
}

} // namespace tutti
