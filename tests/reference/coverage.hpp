#pragma once

#include "tests/reference/model.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace tutti::reference {

/// How often what happened in random executions: shows whether the generator
/// reaches what it is meant to test.
using coverage = std::map<std::string, uint64_t>;
void count(const model& m, coverage& into);

} // namespace tutti::reference
