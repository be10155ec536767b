#pragma once

#include "messages/model/result.hpp"

#include <simdjson.h>

#include <string>
#include <string_view>

namespace tutti {

// JSON text, shared by the codecs and `payload`. Private to this folder,
// because it includes simdjson.

constexpr size_t json_depth_max = 200;

/// Parses with the thread's own parser. The element is valid until the thread's
/// next call with a similar depth.
simdjson::error_code parse_document(std::string_view text, size_t depth_max,
                                    simdjson::dom::element& root);

/// Says what is wrong with `text`, which `parse_document` refused with `error`.
failure malformed_json(simdjson::error_code error, std::string_view text,
                       size_t depth_max);
failure malformed_json(std::string why);
failure too_deep_json(size_t depth_max);

/// Some editors begin a text with a UTF-8 byte order mark, which is no part of
/// its JSON.
inline std::string_view without_mark(std::string_view text) {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  return text.starts_with(mark) ? text.substr(mark.size()) : text;
}

/// Checks that `text` is one JSON document without integers past 64 bits, and
/// returns it without a byte order mark.
result<std::string_view> check_json(std::string_view text);

/// Valid JSON without whitespace between tokens.
std::string minified(std::string_view valid);

} // namespace tutti
