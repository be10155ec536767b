#pragma once

#include <string>
#include <string_view>

namespace tutti::rest {

bool is_utf8(std::string_view text);

/// HTTP names compare without case, in ASCII only.
bool same_name(std::string_view a, std::string_view b);

} // namespace tutti::rest
