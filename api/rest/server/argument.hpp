#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tutti::rest {

/// What a route reads from the query or from a header, as data: the handler
/// reads by it, and the OpenAPI document tells it.
struct argument {
  enum class kind : uint8_t { text, int32, int64, flag, texts };
  enum class place : uint8_t { query, header };

  std::string_view name;
  kind type = kind::text;
  place in = place::query;
  bool required = false;
  /// JSON of what a missing one means; empty: nothing.
  std::string_view otherwise = {};
  /// Of a text, when it is one of few: "FAIL|RETURN_EXISTING".
  std::string_view choices = {};

  friend bool operator==(const argument&, const argument&) = default;
};

/// An argument that is read as a `T`.
template <class T>
struct typed_argument : argument {
  T value_without{};
};

using flag_argument = typed_argument<bool>;
using number_argument = typed_argument<int32_t>;
using optional_number_argument = typed_argument<std::optional<int32_t>>;
using long_argument = typed_argument<int64_t>;
using text_argument = typed_argument<std::string_view>;
struct texts_argument : argument {};

constexpr flag_argument flag_of(std::string_view name, bool otherwise) {
  return {{name, argument::kind::flag, argument::place::query, false,
           otherwise ? "true" : "false"},
          otherwise};
}
/// `shown` is the same number, for the document.
constexpr number_argument number_of(std::string_view name, int32_t otherwise,
                                    std::string_view shown) {
  return {{name, argument::kind::int32, argument::place::query, false, shown},
          otherwise};
}
constexpr optional_number_argument number_of(std::string_view name) {
  return {{name, argument::kind::int32}, std::nullopt};
}
constexpr long_argument long_of(std::string_view name, int64_t otherwise,
                                std::string_view shown) {
  return {{name, argument::kind::int64, argument::place::query, false, shown},
          otherwise};
}
/// `shown` is the same text as JSON.
constexpr text_argument text_of(std::string_view name,
                                std::string_view otherwise = {},
                                std::string_view shown = {}) {
  return {{name, argument::kind::text, argument::place::query, false, shown},
          otherwise};
}
/// One of "A|B"; the first when it is missing.
constexpr text_argument choice_of(std::string_view name,
                                  std::string_view choices) {
  return {
      {name, argument::kind::text, argument::place::query, false, {}, choices},
      {}};
}
/// An empty text is one.
constexpr text_argument required_text(std::string_view name) {
  return {{name, argument::kind::text, argument::place::query, true}, {}};
}
constexpr texts_argument texts_of(std::string_view name) {
  return {{name, argument::kind::texts}};
}
constexpr text_argument header_of(std::string_view name,
                                  std::string_view choices = {}) {
  return {
      {name, argument::kind::text, argument::place::header, false, {}, choices},
      {}};
}

/// What people are told about a route, and the arguments that its handler may
/// read. Models are named as in the reference: "WorkflowDef", "[Task]" for a
/// list of them, "{Workflow}" for a map; "text" is plain text; empty: no body.
struct route_notes {
  std::string_view summary;
  std::vector<argument> arguments = {};
  std::string_view body = {}, answer = {};
  uint16_t status = 200;
  bool or_nothing = false; ///< 204 is an answer, too

  template <std::derived_from<argument>... Arguments>
  route_notes with(const Arguments&... some) && {
    (arguments.push_back(some), ...);
    return std::move(*this);
  }
  route_notes takes(std::string_view model) && {
    body = model;
    return std::move(*this);
  }
  route_notes answers(std::string_view model) && {
    answer = model;
    return std::move(*this);
  }
  route_notes answers_nothing() && {
    status = 204;
    return std::move(*this);
  }
  route_notes or_204() && {
    or_nothing = true;
    return std::move(*this);
  }
};

/// Begins the notes of a route with a sentence.
inline route_notes about(std::string_view sentence) { return {sentence}; }

} // namespace tutti::rest
