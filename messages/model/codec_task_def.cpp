#include "messages/model/codec_read.hpp"
#include "messages/model/codec_write.hpp"

namespace tutti {

result<task_def> read_task_def(std::string_view text) {
  return read_body<task_def>(text, "task definition");
}

result<std::vector<task_def>> read_task_defs(std::string_view text) {
  return read_body<std::vector<task_def>>(text, "list of task definitions");
}

result<task_def> to_task_def(const nlohmann::json& value) {
  return read_task_def(to_text(value));
}

result<std::vector<schema_def>> read_schema_defs(std::string_view text) {
  return read_body<std::vector<schema_def>>(text, "list of schemas");
}

void write(std::string& out, const schema_def& x) {
  write_value<false>(out, x);
}

void write(std::string& out, const task_def& x) { write_value<false>(out, x); }

} // namespace tutti
