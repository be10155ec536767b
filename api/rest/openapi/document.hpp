#pragma once

#include "api/rest/server/router.hpp"

#include <string>
#include <string_view>

namespace tutti::rest {

/// The table of routes as an OpenAPI 3.1 document, a line per operation.
std::string openapi_document(const route_table& routes,
                             std::string_view version);

} // namespace tutti::rest
