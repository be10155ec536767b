#pragma once

#include "api/rest/server/server.hpp"

#include <cstddef>
#include <memory>

namespace tutti {
class work_pool;
}

namespace tutti::rest {

/// Requests whose body has more bytes are handled by the pool: reading and
/// checking it takes longer than a loop may keep its other clients waiting. How
/// many can wait follows from the bytes that all bodies may have together.
request_handler handle_large_bodies_aside(request_handler handler,
                                          std::shared_ptr<work_pool> by,
                                          size_t body_bytes);

} // namespace tutti::rest
