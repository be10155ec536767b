#pragma once

#include "actors/metadata/definition_snapshot.hpp"
#include "messages/requests.hpp"

namespace tutti {

/// Answers a question about registered definitions (reference:rest-api).
result<document> read(const definition_snapshot& from,
                      const read_definitions& x);

} // namespace tutti
