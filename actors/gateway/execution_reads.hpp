#pragma once

#include "actors/gateway/gateway_context.hpp"

#include <functional>

namespace tutti {

using head_reader = std::function<void(result<execution_head>)>;

/// What a request with several steps wants to know about an execution. `then`
/// runs on the thread that answers.
void read_head(const gateway_context& context, std::string workflow_id,
               head_reader then);

/// About the execution that a task belongs to, and the one it started.
void read_head_of_task(const gateway_context& context, std::string task_id,
                       head_reader then);

} // namespace tutti
