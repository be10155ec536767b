#pragma once

#include "api/rest/server/response.hpp"
#include "messages/model/result.hpp"

namespace tutti::rest {

/// The response for a failure (reference:errors). Violations are listed,
/// without `instance`.
response to_response(const failure& why);

} // namespace tutti::rest
