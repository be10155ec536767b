#pragma once

#include "messages/model/task_rules.hpp"
#include "messages/model/validation.hpp"
#include "messages/model/violations.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tutti {

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
