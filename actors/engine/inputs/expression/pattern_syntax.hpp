#pragma once

#include "messages/model/result.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The parsed form of a regular expression. Private to `pattern`.
namespace tutti::engine::pattern_syntax {

/// Characters, as ranges of code points.
struct character_set {
  bool negated = false;
  std::vector<std::pair<char32_t, char32_t>> ranges = {};

  void add(char32_t from, char32_t to) { ranges.emplace_back(from, to); }
  void add(const character_set& other);
  bool holds(char32_t c, bool ignore_case) const;
};

enum class anchor : uint8_t {
  line_begin,
  line_end,
  begin,
  end,
  word,
  not_word
};

struct node {
  enum class kind : uint8_t { empty, set, sequence, choice, repeat, assertion };
  kind what = kind::empty;
  std::vector<node> parts = {};
  character_set set = {};
  anchor where = anchor::begin;
  int min = 0, max = 0; ///< max < 0: no bound
};

struct options {
  bool ignore_case = false;
  bool dot_takes_all = false;
  bool lines = false;
};

/// Code points; a byte that is not UTF-8 becomes one code point.
std::u32string decode(std::string_view text);

/// `o` holds the flags after the closing slash; a leading `(?...)` adds to it.
result<node> parse(std::string_view text, options& o);

} // namespace tutti::engine::pattern_syntax
