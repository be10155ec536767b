#include "messages/model/codec_read.hpp"
#include "messages/model/codec_write.hpp"
#include "messages/model/json_text.hpp"

namespace tutti {

result<task_def> read_task_def(std::string_view text, violations* unknown) {
  return read_body<task_def>(text, "task definition", unknown);
}

result<std::vector<task_def>> read_task_defs(std::string_view text,
                                             violations* unknown) {
  return read_body<std::vector<task_def>>(text, "list of task definitions",
                                          unknown);
}

result<task_def> to_task_def(const nlohmann::json& value) {
  return read_task_def(to_text(value));
}

result<std::vector<schema_def>> read_schema_defs(std::string_view text,
                                                 violations* unknown) {
  // Clients send one schema or a list of them.
  auto start = without_mark(text).find_first_not_of(" \t\r\n");
  if (start == text.npos || without_mark(text)[start] != '{')
    return read_body<std::vector<schema_def>>(text, "list of schemas", unknown);
  auto one = read_body<schema_def>(text, "schema", unknown);
  if (!one)
    return std::move(one).failure();
  std::vector<schema_def> out;
  out.push_back(std::move(*one));
  return out;
}

void write(std::string& out, const schema_def& x) {
  write_value<false>(out, x);
}

void write(std::string& out, const task_def& x) { write_value<false>(out, x); }

} // namespace tutti
