#pragma once

#include "messages/model/task_rules.hpp"
#include "messages/model/validation.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tutti {

// Collects violations. Private to this folder.

class violations {
 public:
  void add(std::string path, std::string message) {
    list_.push_back({std::move(path), std::move(message), std::nullopt});
  }
  void add(std::string path, std::string message, std::string value) {
    list_.push_back({std::move(path), std::move(message), std::move(value)});
  }
  void at_least(const std::string& path, std::string_view field, int64_t value,
                int64_t min) {
    if (value < min)
      add(path + "." + std::string(field),
          std::string(field) + ": " + std::to_string(value)
              + " should be at least " + std::to_string(min),
          std::to_string(value));
  }
  void not_empty(const std::string& path, std::string_view field,
                 const std::string& value, std::string message) {
    if (value.empty())
      add(path + "." + std::string(field), std::move(message));
  }
  std::vector<violation> take() && { return std::move(list_); }

 private:
  std::vector<violation> list_;
};

/// Checks the input and output schema of a definition, where enforced.
template <class Definition>
void check_schemas(violations& out, const Definition& def,
                   const std::string& path,
                   const validation_settings& settings) {
  if (!def.enforce_schema || !settings.schema_check)
    return;
  auto check = [&](const std::optional<schema_def>& x, const char* field) {
    if (!x)
      return;
    if (auto why = settings.schema_check(*x))
      out.add(path + "." + field, *why);
  };
  check(def.input_schema, "inputSchema");
  check(def.output_schema, "outputSchema");
}

/// reference:workflow-definition#rules: one task, without the tasks inside it.
void check_task(violations& out, const workflow_task& x,
                const std::string& path, const validation_settings& settings);

/// What tasks demand of the tasks around them and inside them.
void check_flow(violations& out, const workflow_def& def,
                const flow_check::references& known, const std::string& path,
                const validation_settings& settings);

} // namespace tutti
