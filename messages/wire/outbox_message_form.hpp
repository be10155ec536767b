#pragma once

#include "messages/model/commands.hpp"
#include "messages/proto/records.pb.h"

namespace tutti::wire {

/// An outbox message without `version`, which the caller handles. False for a
/// command that executions never send to each other.
bool put(record::OutboxMessage& out, const outbox_message& x);
/// False when the message is contradictory.
bool take(record::OutboxMessage& in, outbox_message& out);

} // namespace tutti::wire
