#pragma once

#include "api/auth/permission.hpp"
#include "messages/envelope.hpp"

#include <functional>
#include <string_view>

namespace tutti::api {

/// What a request says about its caller, in the terms of its protocol. Views of
/// the request.
struct credentials {
  std::string_view client; ///< the caller's name (`X-Client-Id`)
  std::string_view trace;  ///< W3C `traceparent`
};

/// Every request of every API passes here before anything else happens: it
/// establishes the caller and checks the permission. A failure is the answer.
/// Called on the APIs' I/O threads: it must not block.
using access_check
    = std::function<result<request_context>(const credentials&, permission)>;

/// Everybody is the anonymous principal, who may do everything.
result<request_context> admit_everybody(const credentials& from,
                                        permission needs);

} // namespace tutti::api
