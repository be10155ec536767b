#pragma once

#include <cstddef>
#include <string>

namespace tutti::evaluator {

/// First thing: ends with the parent, no descriptors but the socket and
/// /dev/null, no core dumps.
void detach(int parent_pid);

/// Last thing before the first request, when every thread exists: bounds on
/// memory and descriptors, and a filter that leaves only what an evaluation
/// needs. Everything else ends the process; files look as if they were
/// forbidden, memory cannot be made executable. Empty: done; else why not.
std::string seal(size_t data_bytes);

} // namespace tutti::evaluator
