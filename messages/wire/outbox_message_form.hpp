#pragma once

#include "messages/model/commands.hpp"
#include "messages/proto/records.pb.h"

namespace tutti::wire {

/// An outbox message without its `version`, which is the holder's. False for a
/// command that executions never send each other.
bool put(record::OutboxMessage& out, const outbox_message& x);
/// False when it makes no sense.
bool take(record::OutboxMessage& in, outbox_message& out);

} // namespace tutti::wire
