#pragma once

#include "actors/engine/inputs/expression/pattern.hpp"
#include "messages/model/result.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace tutti::engine {

/// A JSON Schema, checked once: draft 7, and what later drafts call otherwise
/// ($defs, prefixItems, dependentRequired, dependentSchemas, minContains,
/// maxContains). References stay inside the schema: nothing is fetched.
/// `format` and the other annotations say nothing.
///
/// Values come from outside, so nothing here grows faster than schema times
/// value for long: patterns run in linear time (actors/engine/expression), and
/// both steps and depth end.
class json_schema {
 public:
  using pointer = std::shared_ptr<const json_schema>;

  /// A sentence about the place and the rule when the schema cannot be used.
  static result<pointer> compile(nlohmann::json schema);
  /// The same, from memory when the same text was asked for lately.
  static result<pointer> of(const std::string& text);

  /// Nothing when the value fits; else where and which rule, e.g.
  /// "/address/zip: must match the pattern '^[0-9]+$'".
  std::optional<std::string> misfit(const nlohmann::json& value) const;

  /// Decisions may run on small stacks (actors/workflow/fiber_stacks.cpp).
  static constexpr size_t depth_max = 100;
  static constexpr size_t steps_max = 2'000'000;

 private:
  using json = nlohmann::json;
  class compiler;
  class check;

  json root_;
  /// Refers to keep to their text: siblings of `$ref` are ignored.
  bool lone_references_ = false;
  std::unordered_map<const json*, const json*> references_;
  std::map<std::string, pattern> patterns_;
};

} // namespace tutti::engine
