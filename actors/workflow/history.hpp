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
/// A change of status names the status before, so the revisions before the page
/// are read, too, from the snapshot on if it lies before it.
result<document> history_page(const storage::store& store,
                              const read_history& what);

/// The same for callers that must not block: a reader answers.
void tell_history(storage::readers& by, const envelope<read_history>& what);

} // namespace tutti
