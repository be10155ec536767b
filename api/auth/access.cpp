#include "api/auth/access.hpp"

namespace tutti::api {

std::string_view to_text(permission x) {
  switch (x) {
    case permission::public_:
      return "public";
    case permission::metadata_read:
      return "metadata:read";
    case permission::metadata_write:
      return "metadata:write";
    case permission::workflow_start:
      return "workflow:start";
    case permission::workflow_read:
      return "workflow:read";
    case permission::workflow_control:
      return "workflow:control";
    case permission::task_poll:
      return "task:poll";
    case permission::task_update:
      return "task:update";
    case permission::queue_read:
      return "queue:read";
    case permission::queue_control:
      return "queue:control";
    case permission::schedule_read:
      return "schedule:read";
    case permission::schedule_write:
      return "schedule:write";
    case permission::admin:
      return "admin";
  }
  return "";
}

bool is_read(permission x) {
  switch (x) {
    case permission::public_:
    case permission::metadata_read:
    case permission::workflow_read:
    case permission::queue_read:
    case permission::schedule_read:
      return true;
    case permission::metadata_write:
    case permission::workflow_start:
    case permission::workflow_control:
    case permission::task_poll:
    case permission::task_update:
    case permission::queue_control:
    case permission::schedule_write:
    case permission::admin:
      return false;
  }
  return false;
}

result<request_context> admit_everybody(const credentials& from, permission) {
  request_context out;
  out.client = from.client;
  out.trace = from.trace;
  return out;
}

} // namespace tutti::api
