#pragma once

#include <string>
#include <string_view>

namespace tutti::rest {

bool is_utf8(std::string_view text);

/// HTTP names compare without case, in ASCII only.
bool same_name(std::string_view a, std::string_view b);

/// Appends `text` as a JSON string with its quotes. Bytes that are not UTF-8
/// become U+FFFD: messages quote what clients sent.
void append_json_string(std::string& out, std::string_view text);

} // namespace tutti::rest
