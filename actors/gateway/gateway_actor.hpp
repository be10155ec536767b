#pragma once

#include "actors/gateway/gateway_context.hpp"

namespace tutti {

struct gateway_state {
  static constexpr const char* name = "gateway";

  gateway_context_pointer context;
  bool draining = false;
};

gateway_actor::behavior_type
gateway(gateway_actor::stateful_pointer<gateway_state> self,
        gateway_context_pointer context);

} // namespace tutti
