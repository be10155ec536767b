#pragma once

#include "tests/reference/model.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace tutti::reference {

/// What happened in random executions, and how often: whether the definitions
/// reach what they are meant to test.
using coverage = std::map<std::string, uint64_t>;
void count(const model& m, coverage& into);

} // namespace tutti::reference
