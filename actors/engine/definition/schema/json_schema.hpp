#pragma once

#include "actors/engine/definition/schema/json_values.hpp"
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

/// A compiled JSON Schema: draft 7, and the newer names of later drafts ($defs,
/// prefixItems, dependentRequired, dependentSchemas, minContains, maxContains).
/// References stay inside the schema: nothing is fetched. `format` and other
/// annotations are ignored.
///
/// Values come from outside, so checks are bounded: patterns run in linear time
/// (inputs/expression), and steps and depth are limited.
class json_schema {
 public:
  using pointer = std::shared_ptr<const json_schema>;

  /// Errors: a sentence with the location and the broken rule.
  static result<pointer> compile(nlohmann::json schema);
  /// The same, cached by text.
  static result<pointer> of(const std::string& text);

  /// Nothing when the value fits; else where and which rule, e.g.
  /// "/address/zip: must match the pattern '^[0-9]+$'".
  std::optional<std::string> misfit(const nlohmann::json& value) const;
  /// With other bounds; `used` says what the check has cost, more than
  /// `steps_most` when it was given up for that.
  std::optional<std::string> misfit(const nlohmann::json& value,
                                    size_t steps_most, size_t& used) const;

  /// Decisions may run on small stacks (actors/workflow/fiber_stacks.cpp).
  static constexpr size_t depth_max = 100;
  /// A step is about 10 ns of work, and the same on every machine.
  static constexpr size_t steps_max = 50'000'000;

 private:
  using json = nlohmann::json;
  class compiler;
  class check;

  json root_;
  /// Up to draft 7 the siblings of `$ref` are ignored.
  bool lone_references_ = false;
  std::unordered_map<const json*, const json*> references_;
  std::map<std::string, pattern> patterns_;
  /// The values of long `enum` lists.
  std::unordered_map<const json*, value_set> enums_;
};

} // namespace tutti::engine
