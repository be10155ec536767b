#include "api/admission/script_syntax.hpp"

#include "messages/model/task_rules.hpp"

namespace tutti::api {

namespace script_syntax_detail {

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == text.npos;
}

script_to_check::language language_of(const written_script& x) {
  using language = script_to_check::language;
  return x.written_in == written_script::language::jq ? language::jq
                                                      : language::javascript;
}

void collect(std::vector<script_to_check>& out,
             const std::vector<workflow_task>& tasks, const std::string& path,
             const validation_settings& settings) {
  for (size_t i = 0; i < tasks.size(); ++i) {
    auto& x = tasks[i];
    auto here = path + "[" + std::to_string(i) + "]";
    // Blank ones are for other rules, or fail their task when it runs.
    if (auto* rules = rules_of(x, settings))
      for (auto& script : rules->scripts(x))
        if (!is_blank(script.source))
          out.push_back({here,
                         shortened(x.type, 100) + " task "
                             + short_name(x.reference_name) + ": "
                             + script.field,
                         std::move(script.source), language_of(script)});
    for_each_list(x, [&](auto& list, const std::string& field) {
      collect(out, list, here + "." + shortened(field, 100), settings);
    });
  }
}

} // namespace script_syntax_detail

void collect_scripts(std::vector<script_to_check>& out, const workflow_def& def,
                     const std::string& path,
                     const validation_settings& settings) {
  script_syntax_detail::collect(out, def.tasks, path + ".tasks", settings);
}

} // namespace tutti::api
