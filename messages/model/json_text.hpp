#pragma once

#include "messages/model/result.hpp"

#include <simdjson.h>

#include <string>
#include <string_view>

namespace tutti {

// What the codecs and `payload` share about JSON that is still text. Private
// to this folder: it drags in simdjson.

constexpr size_t json_depth_max = 200;

/// Parses with a parser that belongs to the calling thread; the element lives
/// until that thread's next call with a similar depth.
simdjson::error_code parse_document(std::string_view text, size_t depth_max,
                                    simdjson::dom::element& root);

/// True for integers past 64 bits (and for numbers that are plainly wrong),
/// which simdjson refuses and nlohmann reads as doubles.
bool is_number_trouble(simdjson::error_code error);

failure malformed_json(simdjson::error_code error, size_t depth_max);
failure malformed_json(std::string why);
failure too_deep_json(size_t depth_max);

/// Proves that `text` is one JSON document. Answers `text` itself, or the same
/// document rewritten into `storage` when it had numbers that are too wide.
result<std::string_view> check_json(std::string_view text,
                                    std::string& storage);

/// Valid JSON without the blanks between its tokens.
std::string minified(std::string_view valid);

} // namespace tutti
