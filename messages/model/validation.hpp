#pragma once

#include "messages/model/requests.hpp"
#include "messages/model/violations.hpp"

#include <functional>

namespace tutti {

// reference:errors#validation. All violations of a request are reported
// together; an empty list means valid. `path` is the prefix of the endpoint,
// e.g. "registerWorkflowDef.arg0".

class task_rules;

struct validation_settings {
  /// What the type of that name demands (task_rules.hpp). Injected, because
  /// the types live in the engine; null: no type demands anything.
  const task_rules& (*rules_of)(std::string_view type) = nullptr;
  bool owner_email_mandatory = false; ///< Conductor's shipped configuration
  bool name_validation = false;
  /// Why a regular expression is wrong; empty: it is right. Injected like the
  /// reference check; without it patterns are not checked.
  std::function<std::string(std::string_view)> pattern_error = {};
  /// The registered task definition of a name, or null: its inputTemplate may
  /// fill in what a task leaves out. Absent: nothing is registered.
  std::function<task_def_pointer(std::string_view name)> registered = {};
  /// Why a schema cannot be enforced; null: schemas are not checked.
  std::function<std::optional<std::string>(const schema_def&)> schema_check
      = nullptr;
};

/// Broken input wiring (reference:workflow-definition#rules) of one
/// input_parameters map: calls `broken` with a sentence for each. Injected
/// because the expression language lives in the engine.
using reference_check = std::function<void(
    const payload& input_parameters,
    const std::function<bool(std::string_view)>& is_reference,
    const std::function<void(std::string)>& broken)>;

// The time grows with the size of the definition, never faster. They read what
// they are given only, so that any thread may call them.

void validate(violations& out, const workflow_def& def, const std::string& path,
              const validation_settings& settings,
              const reference_check& input_check);
void validate(violations& out, const task_def& def, const std::string& path,
              const validation_settings& settings);
void validate(violations& out, const start_workflow_request& request,
              const std::string& path, const validation_settings& settings,
              const reference_check& input_check);
void validate(violations& out, const schema_def& x, const std::string& path,
              const validation_settings& settings);
void validate(violations& out, const task_result& x, const std::string& path);

// The same, of one thing alone.

std::vector<violation> validate(const workflow_def& def,
                                const std::string& path,
                                const validation_settings& settings,
                                const reference_check& input_check);
std::vector<violation> validate(const task_def& def, const std::string& path,
                                const validation_settings& settings);
std::vector<violation> validate(const start_workflow_request& request,
                                const std::string& path,
                                const validation_settings& settings,
                                const reference_check& input_check);

std::vector<violation> validate(const task_result& x, const std::string& path);

/// A failure with these violations (errc::invalid, the generic message).
failure invalid_request(std::vector<violation> violations);

/// The transitions that a key of `onStateChange` names: "onSuccess,onFailed".
std::vector<std::string_view> transition_names(std::string_view key);

/// WAIT durations such as "1 days 2 hours 5s" in milliseconds (reference:wait);
/// nothing when it is not one.
std::optional<int64_t> parse_duration_ms(std::string_view text);
/// WAIT `until`: "yyyy-MM-dd HH:mm z", "yyyy-MM-dd HH:mm", "yyyy-MM-dd", as
/// epoch ms; nullopt when malformed.
std::optional<int64_t> parse_until_ms(std::string_view text);

/// Visits every task of a definition, containers before their content, without
/// the bodies of sub-workflows.
void for_each_task(const std::vector<workflow_task>& tasks,
                   const std::function<void(const workflow_task&)>& visit);

} // namespace tutti
