#pragma once

#include "messages/envelope.hpp"
#include "messages/requests.hpp"
#include "storage/readers.hpp"

#include <memory>

namespace tutti {

/// A page of what is stored about how an execution came to be what it is: each
/// revision with its cause and what it changed. The history is whole: revisions
/// stay when a snapshot is taken, and go when the execution is removed.
///
/// A change of status is told with the status before, so what lies before the
/// page is read as well: the cost is that of all revisions up to its end.
result<document> history_page(const storage::store& store,
                              const read_history& what);

/// The same for who must not wait: a reader answers it.
void tell_history(storage::readers& by, const envelope<read_history>& what);

} // namespace tutti
