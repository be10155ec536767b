#pragma once

#include "messages/model/payload.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tutti::query {

// Words of free text: letters, digits, `-` and `_`; all bytes beyond ASCII are
// letters. ASCII letters are compared without case.

/// How much of one text is indexed.
struct word_limits {
  size_t words_max = 256;
  size_t bytes_max = 4096;    ///< of all words
  size_t word_bytes_max = 64; ///< longer ones are cut
};

/// Appends the words of a plain text, lower-case. False: not all of them.
bool add_words(std::vector<std::string>& to, std::string_view text,
               const word_limits& most = {});

/// The same for the keys and values of a JSON document, in their order.
bool add_words(std::vector<std::string>& to, const payload& of,
               const word_limits& most = {});

} // namespace tutti::query
