#pragma once

#include "messages/model/result.hpp"

#include <string>

namespace tutti {

// Failures for unknown ids.

inline failure unknown_workflow(const std::string& id) {
  return {errc::not_found, "Workflow with Id: " + id + " not found"};
}
inline failure unknown_task(const std::string& id) {
  return {errc::not_found, "Task not found for taskId: " + id};
}

} // namespace tutti
