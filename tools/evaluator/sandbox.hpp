#pragma once

#include <cstddef>
#include <string>

namespace tutti::evaluator {

/// Call first: ties the process to its parent, closes all descriptors but the
/// socket and /dev/null, disables core dumps.
void detach(int parent_pid);

/// Call last before the first request, when every thread exists: bounds memory
/// and descriptors, and installs a filter that allows only what an evaluation
/// needs. Opening files is refused, memory cannot become executable, every
/// other call ends the process. Empty: sealed; otherwise why not.
std::string seal(size_t data_bytes);

} // namespace tutti::evaluator
