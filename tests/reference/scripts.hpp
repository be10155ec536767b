#pragma once

#include <nlohmann/json.hpp>

#include <map>
#include <optional>
#include <string>

namespace tutti::reference {

using json = nlohmann::json;

/// What scripts mean. The generator makes a small tree, prints it as the text
/// that a definition holds, and tells both here; the engine runs the text, the
/// model the tree.
///
///   {"op":"value","is":V}            V
///   {"op":"get","of":["a","b"]}      $['a']['b']; missing: null
///   {"op":"add"|"less"|"equal","a":X,"b":X}
///   {"op":"if","when":X,"then":X,"else":X}
///   {"op":"object","x":X}            {x: X}
///   {"op":"list","of":[X,...]}       [X, ...]
///   {"op":"throw"}                   fails
class scripts {
 public:
  void learn(const std::string& text, json tree) {
    trees_[text] = std::move(tree);
  }
  /// nullopt: the script failed.
  std::optional<json> run(const std::string& text, const json& scope) const;

 private:
  std::map<std::string, json> trees_;
};

std::optional<json> evaluate(const json& tree, const json& scope);
std::string javascript(const json& tree); ///< an expression
std::string jq(const json& tree);         ///< a filter

} // namespace tutti::reference
