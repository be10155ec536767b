#pragma once

#include "actors/engine/decision/decision_builder.hpp"

#include <string>
#include <string_view>

namespace tutti::engine {

// What the task types that run scripts share (reference:scripts).

/// `javascript` and `graaljs`: one engine, and a script never sees more than a
/// copy of its input.
bool is_javascript(std::string_view evaluator);

script_result run_script(decision_builder& t, script_language language,
                         std::string_view source, const payload& input);

/// The text an input holds under that key, else what the definition says; empty
/// when neither does.
std::string script_of(const payload& input, const char* key,
                      const std::string& in_definition);
/// The same of a definition, for its syntax: empty where an expression is put
/// in before it runs.
std::string written_source(const workflow_task& x, const char* key,
                           const std::string& own);
bool is_blank(std::string_view text);

/// As long as reasons may be; never half a character.
std::string as_reason(const decision_builder& t, std::string sentence);

/// Ends the row with `output.error` and the reason both that sentence.
void fail_script(decision_builder& t, decision_builder::row_index i,
                 task_status status, const std::string& sentence);

} // namespace tutti::engine
