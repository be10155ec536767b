#pragma once

#include "messages/model/result.hpp"
#include "storage/store.hpp"

#include <string>
#include <vector>

namespace tutti {

/// Where an execution and the rows that follow from it do not agree in the
/// store: the kind of row, and a sentence. They change in one commit, so there
/// is nothing unless the store was damaged. Costs what the execution has.
///
/// Reads row by row while the execution goes on: what was read is looked at
/// only if no revision came in between. errc::not_found for an unknown id,
/// errc::unavailable when it never stands still.
result<std::vector<violation>> contradictions(const storage::store& from,
                                              const std::string& id);

} // namespace tutti
