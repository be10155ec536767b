#include "api/rest/server/text.hpp"

#include <algorithm>
#include <cstddef>

namespace tutti::rest {

namespace text_detail {

// Length of the well-formed UTF-8 sequence at the front, 0 if there is none:
// no overlong forms, no surrogates, nothing past U+10FFFF.
size_t sequence_length(std::string_view text) {
  auto at = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  auto first = at(0);
  if (first < 0x80)
    return 1;
  size_t length = first < 0xC2   ? 0
                  : first < 0xE0 ? 2
                  : first < 0xF0 ? 3
                  : first < 0xF5 ? 4
                                 : 0;
  if (length == 0 || text.size() < length)
    return 0;
  for (size_t i = 1; i < length; ++i)
    if ((at(i) & 0xC0) != 0x80)
      return 0;
  if ((first == 0xE0 && at(1) < 0xA0) || (first == 0xED && at(1) > 0x9F)
      || (first == 0xF0 && at(1) < 0x90) || (first == 0xF4 && at(1) > 0x8F))
    return 0;
  return length;
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

} // namespace text_detail

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    auto n = text_detail::sequence_length(text);
    if (n == 0)
      return false;
    text.remove_prefix(n);
  }
  return true;
}

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size()
         && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
              return text_detail::lower(x) == text_detail::lower(y);
            });
}

} // namespace tutti::rest
