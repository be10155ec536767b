#pragma once

#include "actors/engine/decision/decision_builder.hpp"

#include <nlohmann/json.hpp>

namespace tutti::engine {

/// The progress of a SCOPE. It is stored in the output of the SCOPE's row, so
/// it survives a restart and clients see it.
struct scope_progress {
  static constexpr auto running = "RUNNING", compensating = "COMPENSATING",
                        handling = "HANDLING", completed = "COMPLETED",
                        failed = "FAILED", left = "LEFT";

  /// Members of the output that only the engine may write.
  static constexpr const char* own[]
      = {"state", "caught", "failure", "compensated", "toCompensate"};

  nlohmann::json output;

  /// Copies the output that clients see (`scope_output`).
  scope_progress(const engine::state& execution, const task& scope);
  std::string state() const;
  /// The state in the row's output, without a copy.
  static std::string state_of(const task& scope);
  void state(const char* next) { output["state"] = next; }
  /// The failure that ended the scope: `failure` (of compensation or a handler)
  /// or `caught`; null: neither.
  const nlohmann::json* end() const;
  void write(decision_builder& t, decision_builder::row_index scope) const;
  /// Ends the scope's row with this output.
  void finish(decision_builder& t, decision_builder::row_index scope,
              task_status status, std::string reason = {}) const;

  /// The `onError` handler that caught the failure, or null.
  const error_handler* handler(const decision_builder& t,
                               decision_builder::row_index scope) const;
  /// The member if it is a string, else `otherwise`.
  static std::string text_at(const nlohmann::json& object, const char* key,
                             const char* otherwise = "");
};

} // namespace tutti::engine
