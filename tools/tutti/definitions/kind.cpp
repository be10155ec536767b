#include "tools/tutti/definitions/kind.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace tutti::cli {

using nlohmann::json;

namespace kind_detail {

bool has_one_of(const json& x, std::initializer_list<const char*> fields) {
  return std::ranges::any_of(fields,
                             [&](auto* field) { return x.contains(field); });
}

} // namespace kind_detail

std::span<const kind_facts> all_kinds() {
  static const std::vector<kind_facts> all{
      {kind::schema, "schema", "schemas", true, {"schemas"}},
      {kind::task, "task", "tasks", false, {"taskDefs", "taskdefs"}},
      {kind::workflow,
       "workflow",
       "workflows",
       true,
       {"workflowDefs", "workflows"}},
      {kind::event_handler,
       "event-handler",
       "event-handlers",
       false,
       {"eventHandlers"}},
      {kind::schedule, "schedule", "schedules", false, {"schedules"}},
  };
  return all;
}

const kind_facts& facts_of(kind x) {
  return *std::ranges::find(all_kinds(), x, &kind_facts::which);
}

std::optional<kind> kind_of_word(std::string_view word) {
  for (auto& x : all_kinds())
    if (word == x.word || word == x.plural)
      return x.which;
  return std::nullopt;
}

std::string kind_words() {
  std::string out;
  for (auto& x : all_kinds())
    out += (out.empty() ? "" : ", ") + std::string(x.word);
  return out;
}

std::optional<kind> likely_kind(const json& x) {
  using kind_detail::has_one_of;
  if (!x.is_object())
    return std::nullopt;
  // Members that only one of them has.
  if (has_one_of(x, {"tasks"}))
    return kind::workflow;
  if (has_one_of(x, {"actions"}) && x.contains("event"))
    return kind::event_handler;
  if (has_one_of(x,
                 {"cronExpression", "startWorkflowRequest", "cronSchedules"}))
    return kind::schedule;
  if (has_one_of(x, {"retryCount", "retryLogic", "retryDelaySeconds",
                     "responseTimeoutSeconds", "pollTimeoutSeconds",
                     "concurrentExecLimit", "rateLimitPerFrequency",
                     "rateLimitFrequencyInSeconds"}))
    return kind::task;
  if (x.contains("type") && has_one_of(x, {"data", "externalRef"}))
    return kind::schema;
  return std::nullopt;
}

std::optional<definition_name> read_definition_name(std::string_view text) {
  definition_name out;
  if (auto slash = text.find('/'); slash != text.npos)
    if ((out.which = kind_of_word(text.substr(0, slash))))
      text.remove_prefix(slash + 1);
  if (auto at = text.rfind('@'); at != text.npos && at > 0) {
    int32_t version = 0;
    auto* end = text.data() + text.size();
    auto [stop, why] = std::from_chars(text.data() + at + 1, end, version);
    if (why != std::errc() || stop != end)
      return std::nullopt;
    out.version = version;
    text = text.substr(0, at);
  }
  if (text.empty())
    return std::nullopt;
  out.name = text;
  return out;
}

std::string text_of(const definition_name& x) {
  std::string out;
  if (x.which)
    out = std::string(facts_of(*x.which).word) + '/';
  out += x.name;
  if (x.version)
    out += '@' + std::to_string(*x.version);
  return out;
}

} // namespace tutti::cli
