#pragma once

#include "tests/reference/trial.hpp"

namespace tutti::reference {

struct specimen {
  json plan, inputs;
};

/// Leaves out tasks, fields and inputs for as long as the two sides differ.
specimen shrink(specimen found, uint64_t seed, engine::script_runner& scripts);

} // namespace tutti::reference
