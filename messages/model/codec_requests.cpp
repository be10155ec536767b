#include "messages/model/codec_read.hpp"
#include "messages/model/codec_write.hpp"

namespace tutti {

// The hot requests: starts and task results. One pass validates the body, one
// reads the routing fields and cuts out the payload.

namespace request_detail {

constexpr size_t reason_characters_max = 500;
constexpr size_t logs_max = 10; // reference:workers#update

bool read_optional_object(json_reader& in, std::optional<payload>& x) {
  x.reset();
  if (in.is_null())
    return in.skip();
  return in.read(x.emplace());
}

const std::vector<std::string>& start_names() {
  static const std::vector<std::string> all{"name",
                                            "input",
                                            "version",
                                            "correlationId",
                                            "priority",
                                            "taskToDomain",
                                            "workflowDef",
                                            "idempotencyKey",
                                            "createdBy",
                                            "idempotencyStrategy",
                                            "externalInputPayloadStoragePath"};
  return all;
}

bool read_start(json_reader& in, start_workflow_request& x) {
  x.input = payload();
  return in.object([&](std::string_view key) {
    if (key == "name")
      return in.read(x.name);
    if (key == "input")
      return read_optional_object(in, x.input);
    if (key == "version")
      return read_value(in, x.version);
    if (key == "correlationId")
      return in.read(x.correlation_id);
    if (key == "priority")
      return in.read(x.priority);
    if (key == "taskToDomain")
      return read_value(in, x.task_to_domain);
    if (key == "workflowDef")
      return read_value(in, x.definition);
    if (key == "idempotencyKey")
      return in.read(x.idempotency_key);
    if (key == "idempotencyStrategy")
      return read_value(in, x.idempotency_strategy);
    if (key == "createdBy")
      return in.read(x.created_by);
    if (key == "externalInputPayloadStoragePath")
      return in.read(x.external_input_path);
    return in.skip_unknown(key, start_names());
  });
}

bool may_be_sent(task_status x) {
  return x == task_status::in_progress || x == task_status::completed
         || x == task_status::failed
         || x == task_status::failed_with_terminal_error
         || x == task_status::canceled;
}

bool read_status(json_reader& in, task_result& x) {
  x.status.reset();
  if (in.is_null())
    return in.skip();
  auto text = in.raw();
  if (text.size() > 2 && text.front() == '"')
    x.status = from_text<task_status>(text.substr(1, text.size() - 2));
  if (x.status && may_be_sent(*x.status))
    return true;
  return in.fail("must be one of IN_PROGRESS, COMPLETED, FAILED, "
                 "FAILED_WITH_TERMINAL_ERROR, CANCELED");
}

bool read_log(json_reader& in, task_log& x) {
  return in.object([&](std::string_view key) {
    if (key == "log")
      return in.read(x.log);
    if (key == "taskId")
      return in.read(x.task_id);
    if (key == "createdTime")
      return in.read(x.created_time);
    return in.skip();
  });
}

bool read_logs(json_reader& in, std::vector<task_log>& x) {
  x.clear();
  if (in.is_null())
    return in.skip();
  return in.list([&](size_t index) {
    if (index >= logs_max || in.is_null())
      return in.skip();
    return read_log(in, x.emplace_back());
  });
}

bool read_result(json_reader& in, task_result& x) {
  return in.object([&](std::string_view key) {
    if (key == "workflowInstanceId")
      return in.read(x.workflow_id);
    if (key == "taskId")
      return in.read(x.task_id);
    if (key == "status")
      return read_status(in, x);
    if (key == "outputData")
      return in.read(x.output);
    if (key == "workerId")
      return in.read(x.worker_id);
    if (key == "reasonForIncompletion")
      return in.read(x.reason);
    if (key == "callbackAfterSeconds")
      return in.read(x.callback_after_seconds);
    if (key == "logs")
      return read_logs(in, x.logs);
    if (key == "extendLease")
      return in.read(x.extend_lease);
    if (key == "subWorkflowId")
      return in.read(x.sub_workflow_id);
    if (key == "externalOutputPayloadStoragePath")
      return in.read(x.external_output_path);
    return in.skip();
  });
}

// Cuts between characters.
void cut_characters(std::string& text, size_t most) {
  if (text.size() <= most)
    return;
  size_t characters = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    bool starts = (uint8_t(text[i]) & 0xC0) != 0x80;
    if (starts && characters++ == most) {
      text.resize(i);
      return;
    }
  }
}

bool is_blank_text(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

template <class T, class Read>
result<T> read_request(std::string_view text, std::string_view what, Read read,
                       violations* unknown = nullptr) {
  auto valid = check_json(text);
  if (!valid)
    return valid.failure();
  json_reader in(*valid);
  if (unknown)
    in.note_unknown(*unknown);
  T x;
  if (!read(in, x))
    return in.failure(what);
  return x;
}

} // namespace request_detail

result<start_workflow_request> read_start_request(std::string_view text,
                                                  violations* unknown) {
  using namespace request_detail;
  auto x = read_request<start_workflow_request>(text, "start request",
                                                read_start, unknown);
  // With a definition of its own, that definition's name is what counts.
  if (x && x->name.empty() && x->definition)
    x->name = x->definition->name;
  if (x && !x->input && x->external_input_path.empty())
    return failure{errc::invalid,
                   "start request: property 'input' must not be null without "
                   "an 'externalInputPayloadStoragePath'"};
  return x;
}

result<start_workflow_request> to_start_request(const nlohmann::json& value) {
  return read_start_request(to_text(value));
}

result<task_result> read_task_result(std::string_view text) {
  using namespace request_detail;
  auto x = read_request<task_result>(text, "task result", read_result);
  if (!x)
    return x;
  if (!x->status && !x->extend_lease)
    return failure{errc::invalid, "task result: property 'status' is missing; "
                                  "only a lease extension goes without"};
  cut_characters(x->reason, reason_characters_max);
  return x;
}

result<rerun_request> read_rerun_request(std::string_view text) {
  using namespace request_detail;
  return read_request<rerun_request>(
      text, "rerun request", [](json_reader& in, rerun_request& x) {
        return in.object([&](std::string_view key) {
          if (key == "reRunFromTaskId")
            return in.read(x.from_task_id);
          if (key == "workflowInput")
            return read_optional_object(in, x.workflow_input);
          if (key == "taskInput")
            return read_optional_object(in, x.task_input);
          if (key == "correlationId")
            return in.read(x.correlation_id);
          return in.skip();
        });
      });
}

result<skip_task_request> read_skip_task_request(std::string_view text) {
  using namespace request_detail;
  // The body of a skip may be empty.
  if (is_blank_text(text))
    return skip_task_request{};
  return read_request<skip_task_request>(
      text, "skip request", [](json_reader& in, skip_task_request& x) {
        return in.object([&](std::string_view key) {
          if (key == "taskInput")
            return read_optional_object(in, x.task_input);
          if (key == "taskOutput")
            return read_optional_object(in, x.task_output);
          return in.skip();
        });
      });
}

result<payload> read_object(std::string_view text, std::string_view what) {
  return request_detail::read_request<payload>(
      text, what, [](json_reader& in, payload& x) {
        if (in.is_null())
          return in.fail("must be an object");
        return in.read(x);
      });
}

result<std::vector<std::string>> read_strings(std::string_view text,
                                              std::string_view what) {
  return read_body<std::vector<std::string>>(text, what);
}

void write(std::string& out, const poll_data& x) {
  json_object_writer object(out);
  object.text("queueName", x.queue_name);
  object.text_if("domain", x.domain);
  object.text_if("workerId", x.worker_id);
  object.number("lastPollTime", x.last_poll_time);
  object.close();
}

void write(std::string& out, const task_log& x) {
  json_object_writer object(out);
  object.text("log", x.log);
  object.text_if("taskId", x.task_id);
  object.number("createdTime", x.created_time);
  object.close();
}

} // namespace tutti
