#include "messages/register.hpp"

#include "messages/interfaces.hpp"

namespace tutti {

void register_messages(caf::actor_system_config& config) {
  config.add_message_types<caf::id_block::tutti>();
}

} // namespace tutti
