#pragma once

#include "actors/engine/inputs/expression/scope.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tutti::engine {

/// A text with `${…}` in it, compiled once (reference:expressions#syntax).
class interpolation {
 public:
  /// nullopt when the text has no expression; `literal` then gives its value.
  static std::optional<interpolation> compile(std::string_view text);
  static std::string literal(std::string_view text);

  /// Appends the JSON text of the value: the value itself when the text is one
  /// expression and nothing else, a string otherwise.
  void append_json(std::string& out, const scope& from) const;

  /// The value as plain text, not JSON.
  std::string text(const scope& from) const;

  /// The payload, when the text is a single expression that names a whole one.
  std::optional<payload> whole_payload(const scope& from) const;

  /// The innermost expressions, without `${` and `}`, for the checks at
  /// registration.
  static std::vector<std::string_view> innermost(std::string_view text);

 private:
  enum class kind : uint8_t { text, blank, secret, environment, path, nested };
  struct part {
    kind what = kind::text;
    /// Literal text, or the text inside of an expression, whose own expressions
    /// are resolved first.
    std::string text;
    /// The expression as written, for names that stay literal.
    std::string source = {};
    std::optional<json_path> path = std::nullopt;
    bool may_be_name = false;
    std::vector<part> inside = {};
  };

  static part classify(std::string inside, std::string source);
  static std::vector<part> split(std::string_view text, int depth);
  static std::string join(const std::vector<part>& parts, const scope& from);
  static found_text value(const part& p, const scope& from);
  static void append_text(std::string& out, const part& p, const scope& from);

  std::vector<part> parts_;
};

/// A larger expansion becomes null where nobody counts (`scope::spent`): each
/// of many expressions may name a payload of megabytes.
constexpr size_t expansion_bytes_max = size_t(256) << 20;

} // namespace tutti::engine
