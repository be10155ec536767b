#pragma once

#include "messages/requests.hpp"
#include "storage/store.hpp"

#include <memory>

namespace tutti {

/// The oldest messages of an event queue, as a JSON list; fewer than were asked
/// for when they have too many bytes together.
result<document> peek_messages(const storage::store& from,
                               const peek_event_queue& what, size_t bytes_max);

} // namespace tutti
