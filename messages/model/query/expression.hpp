#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tutti::query {

// A query as it was written: names and values are not checked yet.

enum class operation : uint8_t {
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  in,
  between,
  starts_with,
  is_null,
};

struct literal {
  std::string text; ///< without quotes and escapes
  bool quoted = false;
  /// Where the text has a `*` that stands for anything.
  std::vector<size_t> stars = {};
  size_t column = 0; ///< counted from 1
};

struct condition {
  std::string field;
  operation what = operation::equal;
  std::vector<literal> values;
  size_t column = 0;
};

struct expression {
  enum class kind : uint8_t {
    everything,
    condition,
    text, ///< words that follow one another, of input or of output
    all_of,
    any_of,
    negation, ///< of its only part
  };
  kind what = kind::everything;
  query::condition test = {};
  std::vector<std::string> words = {};
  bool prefix = false; ///< the last word is the beginning of one
  std::vector<expression> parts = {};
};

} // namespace tutti::query
