#pragma once

#include <cstddef>
#include <string_view>

namespace tutti {

/// What a JSON text takes in memory when it is parsed. A value of a few bytes
/// of text takes up to a hundred, so that the text's length says little.
struct json_weight {
  size_t tree = 0;    ///< of the document
  size_t parsing = 0; ///< of the parser besides, while it works
  size_t depth = 0;   ///< of lists and objects in one another
};

/// Texts below this many bytes weigh little, whatever they hold.
constexpr size_t weighed_text_bytes = 32 << 10;

/// Counts the text's values, without parsing it. Of invalid JSON about right.
json_weight weigh_json(std::string_view text);

} // namespace tutti
