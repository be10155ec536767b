#pragma once

#include "actors/engine/inputs/expression/json_path.hpp"
#include "actors/engine/inputs/expression/pattern.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <string>
#include <variant>
#include <vector>

/// The parsed form of a path.
namespace tutti::engine::path_syntax {

struct condition;

struct child {
  std::vector<std::string> names;
};

struct wildcard {};

/// `..`: the next segment is applied to every object and list below.
struct descend {};

struct indices {
  std::vector<int64_t> at;
};

struct slice {
  std::optional<int64_t> from, to;
  int64_t step = 1;
};

struct filter {
  std::shared_ptr<const condition> test;
};

enum class function : uint8_t {
  length,
  min,
  max,
  avg,
  sum,
  stddev,
  keys,
  concat,
  append,
  first,
  last,
  index,
  unknown, ///< compiles, as in Jayway, but never has a value
};

/// An argument is a path or a JSON literal.
using argument = std::variant<std::shared_ptr<const path>, nlohmann::json>;

struct call {
  function what = function::unknown;
  std::vector<argument> arguments;
};

using segment
    = std::variant<child, wildcard, descend, indices, slice, filter, call>;

struct path {
  bool absolute = true; ///< from the document; else from a candidate
  bool definite = true;
  std::vector<segment> segments;
  std::optional<std::vector<plain_step>> plain;
};

enum class relation : uint8_t {
  exists,
  missing,
  eq,
  ne,
  same, ///< `===`: equal, and of one type
  not_same,
  lt,
  le,
  gt,
  ge,
  in,
  nin,
  contains,
  all,
  subset_of,
  any_of,
  none_of,
  size,
  empty,
  matches, ///< `=~`
};

using operand
    = std::variant<std::shared_ptr<const path>, nlohmann::json, pattern>;

struct comparison {
  relation how = relation::exists;
  operand left, right;
};

/// A tree of and, or, not over comparisons.
struct condition {
  enum class kind : uint8_t { all_of, any_of, negation, leaf };
  kind what = kind::leaf;
  std::vector<condition> parts;
  comparison test;
};

/// `nesting` counts paths inside filters inside paths.
result<std::shared_ptr<const path>> parse_path(std::string_view text,
                                               int nesting = 0);

/// Parses from after `[?(` to the matching `)`; `used` is set to its position.
result<condition> parse_condition(std::string_view text, size_t& used,
                                  int nesting);

/// Parses function arguments from after `(`; `used` is set to after `)`.
result<std::vector<argument>> parse_arguments(std::string_view text,
                                              size_t& used, int nesting);

/// The text of a quoted name or literal, without its quotes.
std::string unescape(std::string_view text);

constexpr size_t path_bytes_max = 16384;
constexpr int nesting_max = 16;

} // namespace tutti::engine::path_syntax
