#pragma once

#include "api/gateway/gateway_port.hpp"
#include "messages/model/validation.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tutti::api {

/// What an operator may tune about what is taken in.
struct admission_settings {
  validation_settings validation;
  /// Longer long polls are refused.
  int32_t poll_timeout_ms_max = 5'000;
  /// A poll that asks for more tasks gets this many.
  int32_t poll_count_max = 1'000;
  /// Ids of one bulk request, more are refused.
  size_t bulk_ids_max = 1'000;
  /// Executions of one listing.
  size_t list_count_max = 10'000;
  /// Definitions of one request, more are refused.
  size_t definitions_max = 10'000;
};

/// What a request has to be like before it is sent to the gateway, whichever
/// API it came by: definitions are validated, the syntax of their scripts is
/// checked, numbers are kept within bounds. `path` is what the API calls the
/// checked part, e.g. "registerWorkflowDef.arg0".
class admission {
 public:
  /// Gets nothing when the request is good, else why it is refused.
  using verdict = std::function<void(std::optional<failure>)>;
  using refusal = std::optional<failure>;

  /// `wiring` checks expressions in input parameters; none when empty.
  admission(admission_settings settings, reference_check check_references,
            std::shared_ptr<gateway_port> gateway)
      : settings_(std::move(settings)), wiring_(std::move(check_references)),
        gateway_(std::move(gateway)) {}

  const admission_settings& settings() const { return settings_; }

  // With scripts, whose syntax the gateway has looked at: `then` is called now
  // or later, from any thread.
  void check(const workflow_def& x, const std::string& path,
             const request_context& from, verdict then) const;
  void check(const std::vector<workflow_def>& list, const std::string& path,
             const request_context& from, verdict then) const;
  void check(const start_workflow_request& x, const std::string& path,
             const request_context& from, verdict then) const;
  void check(const workflow_test_request& x, const std::string& path,
             const request_context& from, verdict then) const;

  refusal check(const task_def& x, const std::string& path) const;
  refusal check(const std::vector<task_def>& list,
                const std::string& path) const;
  refusal check(const std::vector<schema_def>& list,
                const std::string& path) const;
  refusal check(const task_result& x, const std::string& path) const;
  refusal check_ids(const std::vector<std::string>& ids,
                    const std::string& path) const;
  /// Keeps the poll within bounds. One for no task at all is one immediate
  /// look.
  refusal bound(poll_tasks& x) const;
  size_t bound_list(int64_t count) const;

 private:
  struct findings;

  template <class Definition, class ValidateOne>
  std::vector<violation> look(const std::vector<Definition>& list,
                              const std::string& path,
                              ValidateOne validate_one) const;
  void look_at(const workflow_test_request& x, const std::string& path,
               findings& out) const;
  void decide(findings found, const request_context& from, verdict then) const;

  admission_settings settings_;
  reference_check wiring_;
  std::shared_ptr<gateway_port> gateway_;
};

} // namespace tutti::api
