#pragma once

#include "messages/model/requests.hpp"
#include "messages/model/violations.hpp"

#include <string>
#include <string_view>

namespace tutti {

// JSON <-> model, by the rules of reference:rest-api#values: unknown properties
// are ignored, null is absent, scalars coerce leniently, enum constants are
// exact, integers stay integers. Reading answers errc::invalid with a sentence
// that names the property. Implemented in codec_*.cpp.

// Reading. The text is the request body; messages/model/validation.hpp checks
// the rules of reference:errors#validation. `unknown` gets the properties of
// definitions that nobody knows (reference:errors#warnings).
result<workflow_def> read_workflow_def(std::string_view text,
                                       violations* unknown = nullptr);
result<std::vector<workflow_def>>
read_workflow_defs(std::string_view text, violations* unknown = nullptr);
result<task_def> read_task_def(std::string_view text,
                               violations* unknown = nullptr);
result<std::vector<task_def>> read_task_defs(std::string_view text,
                                             violations* unknown = nullptr);
result<std::vector<schema_def>> read_schema_defs(std::string_view text,
                                                 violations* unknown = nullptr);
/// Hot path: reads the routing fields and keeps `input` as validated text.
result<start_workflow_request>
read_start_request(std::string_view text, violations* unknown = nullptr);
/// Hot path: the same for `outputData`.
result<task_result> read_task_result(std::string_view text);
result<rerun_request> read_rerun_request(std::string_view text);
result<skip_task_request> read_skip_task_request(std::string_view text);
/// A JSON object, kept as text (output maps, input maps).
result<payload> read_object(std::string_view text, std::string_view what);
result<std::vector<std::string>> read_strings(std::string_view text,
                                              std::string_view what);

// From parsed values (dynamic forks, inline definitions).
result<workflow_def> to_workflow_def(const nlohmann::json& value);
result<workflow_task> to_workflow_task(const nlohmann::json& value);
result<task_def> to_task_def(const nlohmann::json& value);
result<start_workflow_request> to_start_request(const nlohmann::json& value);

// Writing appends compact JSON to `out` without building a document; payload
// text is spliced in.
void write(std::string& out, const workflow_def& x);
void write(std::string& out, const workflow_task& x);
void write(std::string& out, const task_def& x);
void write(std::string& out, const schema_def& x);
void write(std::string& out, const poll_data& x);
void write(std::string& out, const task_log& x);

/// Without fields that have their default value: the stored form. Reads back as
/// the same value.
void write_compact(std::string& out, const workflow_def& x);
void write_compact(std::string& out, const workflow_task& x);

/// Caches the rendered JSON of workflow_tasks for callers that render many rows
/// of the same ones.
class rendered_tasks {
 public:
  const std::string& of(const workflow_task_pointer& definition);
  const std::string& task_def_of(const workflow_task_pointer& definition);
  void clear();
  rendered_tasks();
  ~rendered_tasks();
  rendered_tasks(rendered_tasks&&) noexcept;
  rendered_tasks& operator=(rendered_tasks&&) noexcept;

 private:
  struct cache;
  std::unique_ptr<cache> cache_;
};

/// What a `task` does not hold itself.
struct task_context {
  std::string_view workflow_id, workflow_type, correlation_id;
  /// Replaces the stored input when set (secrets resolved at hand-out).
  const payload* input = nullptr;
  /// Replaces the stored output when set (a JOIN that is still open).
  const payload* output = nullptr;
  /// `runtimeMetadata` of the answer to a poll; an object, or null.
  const payload* runtime_metadata = nullptr;
};

/// reference:execution#task-fields.
void write(std::string& out, const task& x, const task_context& context,
           rendered_tasks& cache);
/// reference:execution#fields. `tasks` is the text of a JSON list, "[]" when
/// left out.
void write(std::string& out, const workflow& x, std::string_view tasks);
/// `GET /workflow/{id}/status`.
void write_status(std::string& out, const workflow& x, bool with_output,
                  bool with_variables);

/// What clients that wait get (reference:waiting#answer).
void write_run(std::string& out, const workflow& x, std::string_view tasks);
void write_run(std::string& out, const task& x, const task_context& context,
               int32_t priority);

/// Appends `"text"` with JSON escapes.
void write_string(std::string& out, std::string_view text);

} // namespace tutti
