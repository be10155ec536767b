#pragma once

#include "messages/envelope.hpp"
#include "messages/requests.hpp"
#include "storage/readers.hpp"

#include <memory>

namespace tutti {

/// A page of an execution's history: each stored revision with its cause and
/// its changes. The history is complete: revisions stay when a snapshot is
/// written and are erased with the execution.
///
/// A change of status is told with the status before, so what lies before the
/// page is read as well: the cost is that of all revisions up to its end.
result<document> history_page(const storage::store& store,
                              const read_history& what);

/// The same for who must not wait: a reader answers it.
void tell_history(storage::readers& by, const envelope<read_history>& what);

} // namespace tutti
