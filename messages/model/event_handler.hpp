#pragma once

#include "messages/model/definitions.hpp"
#include "messages/model/tag.hpp"
#include "messages/model/violations.hpp"

namespace tutti {

/// What is done when an event arrives. What an action needs stands under the
/// action's name; the other members are absent.
struct event_action {
  std::string action;
  bool expand_inline_json = false;
  std::optional<payload> start_workflow, complete_task, fail_task;
  std::optional<payload> terminate_workflow, update_workflow_variables;
  std::optional<payload> start_agent;
};

/// Registered under its name; `event` is "sqs:queue" or "conductor:wf:ref".
struct event_handler {
  std::string name, event, condition, evaluator_type;
  bool active = false;
  std::vector<event_action> actions;
};

/// One handler, or a list of them: clients send both.
result<std::vector<event_handler>>
read_event_handlers(std::string_view text, violations* unknown = nullptr);
void write(std::string& out, const event_handler& x);
void validate(violations& out, const event_handler& x, const std::string& path);

result<rate_limit_config> read_rate_limit(std::string_view text);
void write(std::string& out, const rate_limit_config& x);
void validate(violations& out, const rate_limit_config& x,
              const std::string& path);

/// Whether a text begins a JSON list, after blanks and a byte order mark.
bool begins_list(std::string_view text);

} // namespace tutti
