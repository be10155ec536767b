#include "tests/reference/expressions.hpp"

#include "tests/reference/model.hpp"

#include <sstream>

namespace tutti::reference {

namespace expressions_detail {

json root_of(const std::string& name, const execution& w) {
  if (name == "workflow")
    return {{"input", w.input},
            {"output", w.output},
            {"status", w.status},
            {"workflowId", w.id},
            {"parentWorkflowId", w.parent.empty() ? json() : json(w.parent)},
            {"workflowType", at(w.def, "name")},
            {"version", number_at(w.def, "version", 1)},
            {"variables", w.variables},
            {"correlationId",
             w.correlation.empty() ? json() : json(w.correlation)}};
  const row* latest = nullptr;
  for (auto* list : {&w.rows, &w.making})
    for (auto& t : *list)
      if (base_of(*t) == name)
        latest = t.get();
  if (!latest)
    return nullptr;
  return {{"input", latest->input},
          {"output", model::visible_output(w, *latest)},
          {"status", latest->status},
          {"taskType", latest->type},
          {"referenceTaskName", latest->ref},
          {"retryCount", latest->retry_count},
          {"pollCount", latest->poll_count},
          {"taskDefName", latest->name},
          {"iteration", latest->iteration},
          {"taskId", latest->id},
          {"reasonForIncompletion",
           latest->reason.empty() ? json() : json(latest->reason)}};
}

json value_of(const std::string& path, const execution& w,
              const std::string& task_id) {
  if (path == "CPEWF_TASK_ID")
    return task_id.empty() ? json("${CPEWF_TASK_ID}") : json(task_id);
  std::istringstream steps(path);
  std::string step;
  std::getline(steps, step, '.');
  auto value = root_of(step, w);
  while (std::getline(steps, step, '.')) {
    auto inner = at(value, step.c_str());
    value = std::move(inner);
  }
  return value;
}

} // namespace expressions_detail

using namespace expressions_detail;

std::string java_text(const json& value) {
  if (value.is_string())
    return value.get<std::string>();
  if (value.is_object()) {
    std::string out;
    for (auto& [key, x] : value.items())
      out += (out.empty() ? "" : ", ") + key + "=" + java_text(x);
    return "{" + out + "}";
  }
  if (value.is_array()) {
    std::string out;
    for (auto& x : value)
      out += (out.empty() ? "" : ", ") + java_text(x);
    return "[" + out + "]";
  }
  return value.dump();
}

json substitute(const json& text, const execution& w,
                const std::string& task_id) {
  if (text.is_object() || text.is_array()) {
    auto out = text;
    for (auto& x : out)
      x = substitute(x, w, task_id);
    return out;
  }
  if (!text.is_string())
    return text;
  auto in = text.get<std::string>();
  std::string out;
  while (true) {
    auto open = in.find("${");
    if (open == std::string::npos)
      return out + in;
    auto close = in.find('}', open);
    auto value = value_of(in.substr(open + 2, close - open - 2), w, task_id);
    if (out.empty() && open == 0 && close + 1 == in.size())
      return value;
    out += in.substr(0, open) + java_text(value);
    in = in.substr(close + 1);
  }
}

} // namespace tutti::reference
