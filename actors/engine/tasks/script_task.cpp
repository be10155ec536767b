#include "actors/engine/tasks/script_task.hpp"

#include "actors/engine/inputs/inputs.hpp"
#include "actors/engine/inputs/members.hpp"

#include <nlohmann/json.hpp>

namespace tutti::engine {

bool is_javascript(std::string_view evaluator) {
  return evaluator == "javascript" || evaluator == "graaljs";
}

script_result run_script(decision_builder& t, script_language language,
                         std::string_view source, const payload& input) {
  return t.context().scripts.run({language, source, input.text()});
}

std::string script_of(const payload& input, const char* key,
                      const std::string& in_definition) {
  auto* given = json_member(input.json(), key);
  return given ? to_plain_text(*given) : in_definition;
}

std::string written_source(const workflow_task& x, const char* key,
                           const std::string& own) {
  auto& values = x.input_parameters.json();
  auto it = values.is_object() ? values.find(key) : values.end();
  if (!values.is_object() || it == values.end())
    return own;
  auto* text = it->get_ptr<const std::string*>();
  return text && text->find("${") == text->npos ? *text : std::string();
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == text.npos;
}

std::string as_reason(const decision_builder& t, std::string sentence) {
  auto end = t.context().bounds.reason_characters_max;
  if (sentence.size() <= end)
    return sentence;
  while (end > 0 && (sentence[end] & 0xC0) == 0x80)
    --end;
  sentence.resize(end);
  return sentence;
}

void fail_script(decision_builder& t, decision_builder::row_index i,
                 task_status status, const std::string& sentence) {
  t.finish_row(i, status, payload(nlohmann::json{{"error", sentence}}),
               as_reason(t, sentence));
}

} // namespace tutti::engine
