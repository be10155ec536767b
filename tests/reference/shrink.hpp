#pragma once

#include "tests/reference/trial.hpp"

namespace tutti::reference {

struct specimen {
  json plan, inputs;
};

/// Removes tasks, fields and inputs as long as the two sides still differ.
specimen shrink(specimen found, uint64_t seed, engine::script_runner& scripts);

} // namespace tutti::reference
