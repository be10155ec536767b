#include "messages/model/memory/json_weight.hpp"

#include <algorithm>

namespace tutti {

namespace json_weight_detail {

// Of nlohmann::json with its allocations: a value; a list or an object; a
// member of an object, with its name; a string besides its characters.
constexpr size_t value = 16, container = 48, member = 96, text_value = 32;
/// The parser's tape and its index of tokens.
constexpr size_t token = 12;

/// The end of the string that begins before `at`: behind its quote.
size_t after_string(std::string_view text, size_t at) {
  while (true) {
    auto quote = text.find('"', at);
    if (quote == text.npos)
      return text.size();
    auto first = quote;
    while (first > at && text[first - 1] == '\\')
      --first;
    if ((quote - first) % 2 == 0)
      return quote + 1;
    at = quote + 1;
  }
}

} // namespace json_weight_detail

json_weight weigh_json(std::string_view text) {
  using namespace json_weight_detail;
  size_t commas = 0, containers = 0, members = 0, texts = 0;
  size_t depth = 0, deepest = 0;
  for (size_t at = 0; at < text.size();) {
    switch (text[at++]) {
      case ',':
        ++commas;
        break;
      case ':':
        ++members;
        break;
      case '[':
      case '{':
        ++containers;
        deepest = std::max(deepest, ++depth);
        break;
      case ']':
      case '}':
        depth -= depth > 0;
        break;
      case '"':
        ++texts;
        at = after_string(text, at);
        break;
      default:
        break;
    }
  }
  // A member's name is a string too, which `member` has counted.
  auto strings = texts - std::min(texts, members);
  auto tokens = commas + 2 * containers + members + 2 * texts;
  json_weight out;
  out.tree = text.size() + value * (1 + commas + containers)
             + container * containers + member * members + text_value * strings;
  out.parsing = text.size() + token * tokens;
  out.depth = deepest;
  return out;
}

} // namespace tutti
