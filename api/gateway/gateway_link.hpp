#pragma once

#include "api/gateway/gateway_port.hpp"
#include "messages/interfaces.hpp"

#include <memory>
#include <vector>

namespace tutti::api {

/// Sends to these gateways; each sending thread always uses the same one. The
/// list is not empty.
std::shared_ptr<gateway_port>
make_gateway_port(std::vector<gateway_actor> gateways);

} // namespace tutti::api
