#pragma once

#include <caf/actor_system_config.hpp>

namespace tutti {

/// Registers the messages of interfaces.hpp with an actor system. They stay
/// inside of the process, so CAF needs only their names.
void register_messages(caf::actor_system_config& config);

} // namespace tutti
