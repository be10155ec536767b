#pragma once

#include "actors/engine/decision/decision_builder.hpp"

#include <nlohmann/json.hpp>

namespace tutti::engine {

/// What a scope is doing, as the output of its row says: so it goes on after a
/// restart, and clients see it.
struct scope_progress {
  static constexpr auto running = "RUNNING", compensating = "COMPENSATING",
                        handling = "HANDLING", completed = "COMPLETED",
                        failed = "FAILED", left = "LEFT";

  /// Members of the output that only the engine writes.
  static constexpr const char* own[]
      = {"state", "caught", "failure", "compensated", "toCompensate"};

  nlohmann::json output;

  /// As clients see it: a copy, whatever it holds.
  scope_progress(const engine::state& execution, const task& scope);
  std::string state() const;
  /// The same of a row, without a copy.
  static std::string state_of(const task& scope);
  void state(const char* next) { output["state"] = next; }
  /// What the failure that ended it did: `failure` of what helped, or `caught`.
  const nlohmann::json* end() const;
  void write(decision_builder& t, decision_builder::row_index scope) const;
  /// Ends the scope with it.
  void finish(decision_builder& t, decision_builder::row_index scope,
              task_status status, std::string reason = {}) const;

  /// What takes care of what was caught; null: nothing was.
  const error_handler* handler(const decision_builder& t,
                               decision_builder::row_index scope) const;
  /// A member that is a text.
  static std::string text_at(const nlohmann::json& object, const char* key,
                             const char* otherwise = "");
};

} // namespace tutti::engine
