#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace tutti {

/// A limit on what one caller may use. Reaching it ends the task, request or
/// execution at hand, before anything is written.
struct bound {
  /// The setting that changes it, "section.key". Labels the metric.
  std::string_view setting;
  /// What is counted: "the output of a task".
  std::string_view what;
  /// In which unit: "bytes", "steps"; empty for things that `what` names.
  std::string_view unit;
  /// What the caller can do, as a sentence.
  std::string_view advice;
  /// What else limits it, whatever the setting says.
  std::string_view share = {};
};

namespace bounds {

inline constexpr bound task_input{
    "executions.task_input_kib_max", "the input of the task", "bytes",
    "Hand on a reference to the data instead of the data."};
inline constexpr bound task_output{
    "executions.task_output_kib_max", "the output of the task", "bytes",
    "Keep the data elsewhere and answer a reference to it."};
inline constexpr bound workflow_input{
    "executions.input_kib_max", "the input of the workflow", "bytes",
    "Hand on a reference to the data instead of the data."};
inline constexpr bound workflow_output{
    "executions.output_kib_max", "the output of the workflow", "bytes",
    "Let outputParameters name only what the caller needs."};
inline constexpr bound variables{"executions.variables_kib_max",
                                 "the variables of the workflow", "bytes",
                                 "Keep large values in outputs of tasks."};
inline constexpr bound execution{
    "executions.execution_mib_max", "the execution", "bytes",
    "Split it into sub-workflows, or keep large payloads elsewhere.",
    "at most an eighth of memory.budget_mib"};
inline constexpr bound history{
    "executions.history_mib_max", "the history of the execution", "bytes",
    "Start a new execution once in a while, for example by START_WORKFLOW."};
inline constexpr bound commit{
    "store.commit_mib_max", "what one decision writes", "bytes",
    "Use fewer branches at a time, or smaller payloads."};
inline constexpr bound inbox{
    "messages.inbox_kib_max", "the messages that wait in the execution",
    "bytes", "Push again when its PULL_WORKFLOW_MESSAGES tasks took some."};
inline constexpr bound family_executions{
    "executions.family_executions_max",
    "the family of executions that start one another", "executions",
    "End the recursion earlier, or let a client start the executions."};
inline constexpr bound family_inputs{
    "executions.family_mib_max",
    "the family of executions that start one another, in its inputs,", "bytes",
    "End the recursion earlier, or hand on references to the data."};
inline constexpr bound dry_run{"dry_runs.mib_max", "the dry run", "bytes",
                               "Use smaller payloads, or fewer iterations.",
                               "at most a 32nd of memory.budget_mib"};
inline constexpr bound memory{
    "memory.budget_mib", "the node", "MiB of memory",
    "New starts and definitions are refused until there is room: try again "
    "later."};
inline constexpr bound heavy{"memory.heavy_mib", "the heavy work of the node",
                             "MiB of memory",
                             "What is under way frees it: try again later."};
inline constexpr bound document{
    "memory.document_mib_max", "the JSON that is read at once, in memory,",
    "bytes", "Use fewer, larger values, or keep the data elsewhere.",
    "at most a quarter of memory.heavy_mib"};
inline constexpr bound definitions{
    "definitions.memory_mib_max", "what is registered, in memory,", "bytes",
    "Remove definitions and versions that nobody uses.",
    "at most an eighth of memory.budget_mib"};
inline constexpr bound depth{
    "executions.json_depth_max", "the JSON document", "levels",
    "Keep what grows in a list, or in values side by side."};

inline constexpr bound expression_steps{
    "executions.expression_steps_max", "the work of the expressions", "steps",
    "Filter shorter lists, name what is needed by a plain path, or let a "
    "worker do it."};
inline constexpr bound schema_steps{
    "executions.schema_steps_max", "the check against the schema", "steps",
    "Use a smaller schema, or hold smaller values to it."};
inline constexpr bound decision_steps{
    "executions.decision_steps_max", "the work of one decision", "steps",
    "Use fewer branches at a time, or simpler expressions in them."};

/// Every bound. A test holds that each names a setting.
inline constexpr const bound* all[] = {
    &workflow_input,  &task_input,     &task_output,
    &workflow_output, &variables,      &execution,
    &history,         &commit,         &family_executions,
    &family_inputs,   &inbox,          &dry_run,
    &memory,          &heavy,          &document,
    &definitions,     &depth,          &expression_steps,
    &schema_steps,    &decision_steps,
};

} // namespace bounds

/// "the output of the task has 15728640 bytes; the limit is 10485760 bytes
/// (executions.task_output_kib_max). Keep the data ...". `what` replaces the
/// bound's own words, to name the very thing.
std::string sentence_of(const bound& which, uint64_t value, uint64_t limit,
                        std::string_view what = {});

/// How often each bound was reached. Thread safe.
class reached_bounds {
 public:
  void add(const bound& which);
  /// By setting.
  std::map<std::string_view, uint64_t> counts() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string_view, uint64_t> counts_;
};

} // namespace tutti
