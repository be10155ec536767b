#pragma once

#include "messages/requests.hpp"
#include "storage/store.hpp"

#include <memory>

namespace tutti {

/// The oldest messages of an event queue, as a JSON list.
document peek_messages(std::shared_ptr<const storage::store> from,
                       const peek_event_queue& what);

} // namespace tutti
