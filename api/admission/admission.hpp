#pragma once

#include "api/gateway/gateway_port.hpp"
#include "messages/model/bounds.hpp"
#include "messages/model/validation.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tutti::api {

/// Settings of admission.
struct admission_settings {
  validation_settings validation;
  /// A longer poll timeout is refused.
  int32_t poll_timeout_ms_max = 5'000;
  /// A poll for more tasks gets this many.
  int32_t poll_count_max = 1'000;
  /// Of a task type, a domain or a worker id; a longer one is refused.
  size_t poll_name_bytes_max = 1'000;
  /// Ids of one bulk request; more are refused.
  size_t bulk_ids_max = 1'000;
  /// Executions of one listing.
  size_t list_count_max = 10'000;
  /// Definitions of one request; more are refused.
  size_t definitions_max = 10'000;
  /// Null: nobody counts.
  std::shared_ptr<reached_bounds> reached = {};
};

/// Checks requests before they are sent to the gateway, whichever API received
/// them: validates definitions, checks the syntax of their scripts, bounds
/// numbers. `path` is the API's name for the checked part, e.g.
/// "registerWorkflowDef.arg0".
class admission {
 public:
  /// Called with nullopt when the request is admitted, otherwise with the
  /// reason.
  using verdict = std::function<void(std::optional<failure>)>;
  using refusal = std::optional<failure>;

  /// `check_references` checks expressions in input parameters; empty: they are
  /// not checked.
  admission(admission_settings settings, reference_check check_references,
            std::shared_ptr<gateway_port> gateway)
      : settings_(std::move(settings)), wiring_(std::move(check_references)),
        gateway_(std::move(gateway)) {}

  const admission_settings& settings() const { return settings_; }

  // Includes the syntax of scripts, which the gateway checks: `then` is called
  // now or later, from any thread.
  void check(const workflow_def& x, const std::string& path,
             const request_context& from, verdict then) const;
  void check(const std::vector<workflow_def>& list, const std::string& path,
             const request_context& from, verdict then) const;
  void check(const start_workflow_request& x, const std::string& path,
             const request_context& from, verdict then) const;
  void check(const workflow_test_request& x, const std::string& path,
             const request_context& from, verdict then) const;

  void check(const schedule_def& x, const std::string& path,
             const request_context& from, verdict then) const;

  refusal check(const std::vector<tag>& tags, const std::string& path) const;
  /// A reason that is kept.
  refusal check_text(const std::string& text, std::string_view what) const;
  refusal check(const task_def& x, const std::string& path) const;
  refusal check(const std::vector<task_def>& list,
                const std::string& path) const;
  refusal check(const std::vector<schema_def>& list,
                const std::string& path) const;
  refusal check(const std::vector<event_handler>& list, const std::string& path,
                bool is_list) const;
  refusal check(const rate_limit_config& x, const std::string& path) const;
  refusal check(const task_result& x, const std::string& path) const;
  refusal check_ids(const std::vector<std::string>& ids,
                    const std::string& path) const;
  /// The names of a poll: they are kept, and label metrics.
  refusal check_names(const poll_tasks& x) const;
  /// Bounds the poll. A poll for zero tasks becomes an immediate poll for one.
  refusal bound(poll_tasks& x) const;
  size_t bound_list(int64_t count) const;

 private:
  struct findings;

  template <class Definition, class ValidateOne>
  void look(violations& out, const std::vector<Definition>& list,
            const std::string& path, ValidateOne validate_one) const;
  void look_at(const workflow_test_request& x, const std::string& path,
               findings& out) const;
  void decide(findings found, const request_context& from, verdict then) const;

  admission_settings settings_;
  reference_check wiring_;
  std::shared_ptr<gateway_port> gateway_;
};

} // namespace tutti::api
