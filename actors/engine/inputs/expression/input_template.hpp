#pragma once

#include "actors/engine/inputs/expression/interpolation.hpp"
#include "actors/engine/inputs/expression/scope.hpp"
#include "messages/model/payload.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace tutti::engine {

/// A JSON value with expressions in its strings, compiled once and evaluated
/// many times. Evaluation copies the literal text and splices the payloads that
/// expressions name as text; it builds no tree.
class input_template {
 public:
  /// The empty object.
  input_template();

  /// Keys are never expressions. Paths that do not compile read as null.
  static input_template compile(const nlohmann::json& value);

  /// inputParameters over a task definition's inputTemplate
  /// (reference:task-definition#input-template): absent top-level keys are
  /// added, and a top-level key whose value turns out to be null gets the
  /// template's own value, unsubstituted.
  static input_template compile(const nlohmann::json& parameters,
                                const nlohmann::json& defaults);

  /// Contains no expression.
  bool constant() const;

  /// Compact JSON text.
  std::string render_json(const scope& from) const;
  /// As a payload. Shared, not copied, when the template is constant or one
  /// expression that names a whole payload.
  payload render(const scope& from) const;
  nlohmann::json evaluate(const scope& from) const;

 private:
  struct piece {
    std::string literal;                     ///< comes first
    std::optional<interpolation> expression; ///< then this
    std::string instead_of_null = {};
  };
  class builder;

  std::vector<piece> pieces_;
  payload constant_;
};

/// Workflow input over the definition's inputTemplate: absent top-level keys
/// are filled in, also for `{}`. Nothing is substituted.
payload with_defaults(const payload& input, const payload& defaults);

/// For values that are used once.
nlohmann::json substitute(const nlohmann::json& value, const scope& from);
/// As text: "v=${x}" with x null gives "v=null".
std::string substitute_text(std::string_view text, const scope& from);

/// The value as part of a longer text (reference:expressions#texts).
std::string stringify(const nlohmann::json& value);

} // namespace tutti::engine
