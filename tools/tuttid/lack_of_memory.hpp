#pragma once

namespace tutti::daemon {

/// From now on an allocation that fails throws std::bad_alloc only where that
/// fails one request (messages/model/deciding_thread.hpp). Elsewhere it waits a
/// few seconds for the memory that those requests free.
void prepare_for_lack_of_memory();

} // namespace tutti::daemon
