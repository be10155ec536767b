#pragma once

#include "actors/metadata/definition_snapshot.hpp"
#include "messages/requests.hpp"

#include <cstdint>

namespace tutti {

/// Answers a question about registered definitions (reference:rest-api). Lists
/// end beyond `bytes_max`: errc::too_large.
result<document> read(const definition_snapshot& from,
                      const read_definitions& x, size_t bytes_max = SIZE_MAX);

} // namespace tutti
