#pragma once

#include "messages/model/result.hpp"

#include <string>

namespace tutti {

// What is said, by whoever finds it out, about ids that lead nowhere.

inline failure unknown_workflow(const std::string& id) {
  return {errc::not_found, "Workflow with Id: " + id + " not found"};
}
inline failure unknown_task(const std::string& id) {
  return {errc::not_found, "Task not found for taskId: " + id};
}

} // namespace tutti
