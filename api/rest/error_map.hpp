#pragma once

#include "api/rest/server/response.hpp"
#include "messages/model/result.hpp"

namespace tutti::rest {

/// How a refusal or failure looks on the wire (reference:errors). Broken
/// validation rules are listed, without `instance`.
response to_response(const failure& why);

} // namespace tutti::rest
