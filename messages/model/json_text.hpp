#pragma once

#include "messages/model/memory/memory_account.hpp"
#include "messages/model/result.hpp"

#include <simdjson.h>

#include <string>
#include <string_view>

namespace tutti {

// JSON text, shared by the codecs and `payload`. Private to this folder,
// because it includes simdjson.

constexpr size_t json_depth_max = 200;

/// What becomes of a text that is parsed.
enum class parsed_for : uint8_t {
  checking, ///< its parts are looked at one by one
  a_text,   ///< a document that may be read later
  a_tree,   ///< a document that is built now
};

/// The memory that parsing takes, with the tree if there will be one; nothing
/// of a small text. errc::too_large: the document is too heavy; errc::too_many:
/// there is no memory for it now.
result<memory_hold> room_to_parse(std::string_view text, parsed_for what);

/// Parses with the thread's own parser. The element is valid until the thread's
/// next call with a similar depth.
simdjson::error_code parse_document(std::string_view text, size_t depth_max,
                                    simdjson::dom::element& root);

/// Destroys the thread's parsers if they are large: call it once nobody uses
/// their elements.
void forget_large_parsers();

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
