#pragma once

#include <caf/actor_system_config.hpp>

namespace tutti {

/// Makes the messages of interfaces.hpp known to an actor system. They stay
/// inside one process, so a name is all CAF needs.
void register_messages(caf::actor_system_config& config);

} // namespace tutti
