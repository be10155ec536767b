#pragma once

#include "actors/engine/inputs/expression/scope.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tutti::engine {

/// A text with `${…}` in it, compiled once (engine.md §3.2).
class interpolation {
 public:
  /// Nothing when the text has no expression: it is a literal, and `literal`
  /// says which.
  static std::optional<interpolation> compile(std::string_view text);
  static std::string literal(std::string_view text);

  /// Appends the JSON text of the value: the value itself when the text is one
  /// expression and nothing else, a string otherwise.
  void append_json(std::string& out, const scope& from) const;

  /// The value as text, without JSON around it.
  std::string text(const scope& from) const;

  /// The payload when the text is one expression that names all of one.
  std::optional<payload> whole_payload(const scope& from) const;

  /// Innermost expressions as they are written inside `${` and `}`, for the
  /// checks at registration.
  static std::vector<std::string_view> innermost(std::string_view text);

 private:
  enum class kind : uint8_t { text, blank, secret, environment, path, nested };
  struct part {
    kind what = kind::text;
    /// Literal text; or the expression's inside, resolved if it is not nested.
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

/// An expansion that would pass this is replaced by null: `n` expressions may
/// each name a payload of megabytes.
constexpr size_t expansion_bytes_max = size_t(256) << 20;

} // namespace tutti::engine
