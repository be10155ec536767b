#include "messages/model/codec.hpp"
#include "messages/model/codec_read.hpp"
#include "messages/model/test_request.hpp"

namespace tutti {

namespace test_request_detail {

bool read_status(json_reader& in, task_status& x) {
  if (in.is_null())
    return in.skip();
  auto text = in.raw();
  std::optional<task_status> status;
  if (text.size() > 2 && text.front() == '"')
    status = from_text<task_status>(text.substr(1, text.size() - 2));
  switch (status.value_or(task_status::skipped)) {
    case task_status::in_progress:
    case task_status::completed:
    case task_status::failed:
    case task_status::failed_with_terminal_error:
    case task_status::canceled:
      x = *status;
      return true;
    case task_status::scheduled:
    case task_status::completed_with_errors:
    case task_status::timed_out:
    case task_status::skipped:
      break;
  }
  return in.fail("must be one of IN_PROGRESS, COMPLETED, FAILED, "
                 "FAILED_WITH_TERMINAL_ERROR, CANCELED");
}

bool read_duration(json_reader& in, int64_t& x) {
  if (!in.read(x))
    return false;
  constexpr int64_t century_ms = 100LL * 365 * 24 * 3600 * 1000;
  return (x >= 0 && x <= century_ms) || in.fail("must be 0 to 100 years");
}

bool read_mock(json_reader& in, task_mock& x) {
  return in.object([&](std::string_view key) {
    if (key == "status")
      return read_status(in, x.status);
    if (key == "output")
      return in.read(x.output);
    if (key == "executionTime")
      return read_duration(in, x.execution_time_ms);
    if (key == "queueWaitTime")
      return read_duration(in, x.queue_wait_time_ms);
    if (key == "reasonForIncompletion")
      return in.read(x.reason);
    if (key == "callbackAfterSeconds")
      return in.read(x.callback_after_seconds);
    return in.skip();
  });
}

bool read_mocks(json_reader& in, workflow_test_request& x) {
  if (in.is_null())
    return in.skip();
  return in.object([&](std::string_view reference) {
    auto& mocks = x.mocks[std::string(reference)];
    if (in.is_null())
      return in.skip();
    return in.list([&](size_t) { return read_mock(in, mocks.emplace_back()); });
  });
}

bool read_test(json_reader& in, workflow_test_request& x);

bool read_children(json_reader& in, workflow_test_request& x) {
  if (in.is_null())
    return in.skip();
  return in.object([&](std::string_view reference) {
    auto child = std::make_shared<workflow_test_request>();
    if (!in.is_null() && !read_test(in, *child))
      return false;
    x.sub_workflows[std::string(reference)] = std::move(child);
    return true;
  });
}

/// The members besides those of a start: mocks, and requests for children.
bool read_test(json_reader& in, workflow_test_request& x) {
  return in.object([&](std::string_view key) {
    if (key == "taskRefToMockOutput")
      return read_mocks(in, x);
    if (key == "subWorkflowTestRequest")
      return read_children(in, x);
    if (key == "workflowDef")
      return read_value(in, x.start.definition);
    return in.skip();
  });
}

} // namespace test_request_detail

result<workflow_test_request> read_workflow_test_request(std::string_view text,
                                                         violations* unknown) {
  auto start = read_start_request(text);
  if (!start)
    return start.failure();
  auto valid = check_json(text);
  if (!valid)
    return valid.failure();
  json_reader in(*valid);
  if (unknown)
    in.note_unknown(*unknown);
  workflow_test_request out;
  if (!test_request_detail::read_test(in, out))
    return in.failure("workflow test request");
  out.start = std::move(*start);
  return out;
}

} // namespace tutti
