#include "api/admission/script_syntax.hpp"

#include "messages/model/validation.hpp"

#include <nlohmann/json.hpp>

namespace tutti::api {

namespace script_syntax_detail {

using language = script_to_check::language;

/// A text of inputParameters that is what will run: without expressions, which
/// are put in before.
const std::string* literal(const workflow_task& x, const char* key) {
  auto& values = x.input_parameters.json();
  auto it = values.is_object() ? values.find(key) : values.end();
  if (it == values.end() || !it->is_string())
    return nullptr;
  auto& text = it->get_ref<const std::string&>();
  return text.find("${") == text.npos ? &text : nullptr;
}

bool has(const workflow_task& x, const char* key) {
  auto& values = x.input_parameters.json();
  return values.is_object() && values.contains(key);
}

bool is_javascript(std::string_view evaluator) {
  return evaluator == "javascript" || evaluator == "graaljs";
}

bool inline_is_javascript(const workflow_task& x) {
  if (has(x, "evaluatorType")) {
    auto* name = literal(x, "evaluatorType");
    return name && is_javascript(*name);
  }
  return x.evaluator_type.empty() || is_javascript(x.evaluator_type);
}

/// The text under that key of the input, else what the task says itself.
std::string source_of(const workflow_task& x, const char* key,
                      const std::string& own) {
  if (has(x, key)) {
    auto* text = literal(x, key);
    return text ? *text : "";
  }
  return own;
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == text.npos;
}

void collect(std::vector<script_to_check>& out,
             const std::vector<workflow_task>& tasks, const std::string& path) {
  for (size_t i = 0; i < tasks.size(); ++i) {
    auto& x = tasks[i];
    auto here = path + "[" + std::to_string(i) + "]";
    auto subject = [&](const char* field) {
      return x.type + " task '" + x.reference_name + "': " + field;
    };
    // Blank ones are for other rules, or fail their task when it runs.
    auto look = [&](const char* field, std::string source,
                    language in = language::javascript) {
      if (!is_blank(source))
        out.push_back({here, subject(field), std::move(source), in});
    };
    if (x.type == "DECISION")
      look("caseExpression", x.case_expression);
    if (x.type == "SWITCH" && is_javascript(x.evaluator_type))
      look("expression", x.expression);
    if (x.type == "DO_WHILE")
      look("loopCondition", x.loop_condition);
    if (x.type == "INLINE" && inline_is_javascript(x))
      look("expression", source_of(x, "expression", x.expression));
    if (x.type == "LAMBDA")
      if (auto body = source_of(x, "scriptExpression", x.script_expression);
          !is_blank(body))
        look("scriptExpression", "(function () {" + body + "\n})();");
    if (x.type == "JSON_JQ_TRANSFORM")
      look("queryExpression", source_of(x, "queryExpression", ""),
           language::jq);
    for_each_list(x, [&](auto& list, const std::string& field) {
      collect(out, list, here + "." + field);
    });
  }
}

} // namespace script_syntax_detail

void collect_scripts(std::vector<script_to_check>& out, const workflow_def& def,
                     const std::string& path) {
  script_syntax_detail::collect(out, def.tasks, path + ".tasks");
}

} // namespace tutti::api
