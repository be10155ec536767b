#pragma once

#include "actors/gateway/gateway_context.hpp"

#include <functional>

namespace tutti {

using head_reader = std::function<void(result<execution_head>)>;

/// Reads the execution's fields for a request with several steps. `then` runs
/// on the answering thread.
void read_head(const gateway_context& context, std::string workflow_id,
               head_reader then);

/// The same for the execution of a task, with the child of that task.
void read_head_of_task(const gateway_context& context, std::string task_id,
                       head_reader then);

} // namespace tutti
