#pragma once

#include "api/rest/server/gate.hpp"
#include "config/settings.hpp"
#include "messages/model/result.hpp"

#include <optional>
#include <string>

namespace tutti::daemon {

/// Listening where others reach the node must be asked for, as long as requests
/// are not authenticated.
result<done> check_exposure(const config::settings& x);

/// What the operator has to know at each start, if anything.
std::optional<std::string> exposure(const config::settings& x);

rest::gate_settings gate_settings_of(const config::settings& x);

} // namespace tutti::daemon
