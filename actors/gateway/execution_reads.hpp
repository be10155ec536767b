#pragma once

#include "actors/gateway/gateway_context.hpp"

#include <functional>

namespace tutti {

/// What a request with several steps wants to know about an execution.
struct execution_head {
  std::string workflow_id, name, parent_workflow_id;
  bool terminal = false;
};

/// `then` runs on the thread that answers.
void read_head(const gateway_context& context, const std::string& workflow_id,
               std::function<void(result<execution_head>)> then);

/// The execution a task belongs to.
void read_owner(const gateway_context& context, const std::string& task_id,
                std::function<void(result<std::string>)> then);

} // namespace tutti
