#pragma once

#include "actors/gateway/gateway_context.hpp"

#include <functional>

namespace tutti {

/// What a request with several steps wants to know about an execution.
struct execution_head {
  std::string workflow_id, name, parent_workflow_id, parent_task_id;
  bool terminal = false;
};

/// `then` runs on the thread that answers.
void read_head(const gateway_context& context, const std::string& workflow_id,
               std::function<void(result<execution_head>)> then);

/// The execution a task belongs to, and the one it started.
struct task_head {
  std::string workflow_id, sub_workflow_id;
};
void read_task(const gateway_context& context, const std::string& task_id,
               std::function<void(result<task_head>)> then);

} // namespace tutti
