#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tutti::rest {

/// The client's own name for the request, if it is one that log lines and
/// headers can carry: up to 128 letters, digits and `._:/+=@-`. Otherwise a new
/// one, unique among requests.
std::string request_id_of(std::optional<std::string_view> given);

} // namespace tutti::rest
