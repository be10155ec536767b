#pragma once

#include "api/auth/permission.hpp"
#include "messages/envelope.hpp"

#include <functional>
#include <string_view>

namespace tutti::api {

/// What a request carries about its caller, as its protocol has it. Views of
/// the request.
struct credentials {
  std::string_view client; ///< how it names itself (`X-Client-Id`)
  std::string_view trace;  ///< W3C `traceparent`
};

/// The one place through which every request of every API passes, before
/// anything is done for it: who is it, and may it do that? A failure is the
/// answer. Called on the APIs' I/O threads: it must not block.
using access_check
    = std::function<result<request_context>(const credentials&, permission)>;

/// Everybody is the anonymous principal, which may do everything.
result<request_context> admit_everybody(const credentials& from,
                                        permission needs);

} // namespace tutti::api
