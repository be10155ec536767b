#pragma once

#include "actors/engine/decision/decision_builder.hpp"

#include <string>
#include <string_view>

namespace tutti::engine {

// Shared by the task types that run scripts (reference:scripts).

/// `javascript` or `graaljs`: one engine, and a script only sees a copy of its
/// input.
bool is_javascript(std::string_view evaluator);

script_result run_script(decision_builder& t, script_language language,
                         std::string_view source, const payload& input);

/// The script in the input under that key, otherwise the definition's; empty:
/// neither.
std::string script_of(const payload& input, const char* key,
                      const std::string& in_definition);
/// The script in a definition, for the syntax check: empty if it contains
/// expressions that are resolved before it runs.
std::string written_source(const workflow_task& x, const char* key,
                           const std::string& own);
bool is_blank(std::string_view text);

/// Cuts the sentence at the longest reason, between characters.
std::string as_reason(const decision_builder& t, std::string sentence);

/// Ends the row with that sentence as `output.error` and reason.
void fail_script(decision_builder& t, decision_builder::row_index i,
                 task_status status, const std::string& sentence);

} // namespace tutti::engine
