#include "tests/conformance/case_world.hpp"

#include "tests/conformance/execution_view.hpp"
#include "tests/support/waiting.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

namespace tutti::conformance {

namespace {

bool code_fits(int status, const json& code) {
  if (code.is_null())
    return status >= 200 && status < 300;
  if (code.is_array())
    return std::any_of(code.begin(), code.end(), [&](const json& one) {
      return one.get<int>() == status;
    });
  return code.get<int>() == status;
}

json answer_of(const test::http_reply& reply) {
  if (reply.content_type.find("json") == std::string::npos)
    return reply.body;
  auto value = json::parse(reply.body, nullptr, false);
  if (value.is_discarded())
    throw step_failure("a JSON answer that is no JSON: " + reply.body);
  return value;
}

std::string spliced(const json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

} // namespace

const json& case_world::kept(const std::string& name) const {
  const auto at = kept_.find(name);
  if (at == kept_.end())
    throw step_failure("the case keeps nothing called '" + name + "'");
  return at->second;
}

json case_world::value_of(const std::string& name,
                          const json* execution) const {
  const auto slash = name.find('/');
  if (const auto at = kept_.find(name.substr(0, slash)); at != kept_.end()) {
    const auto* value = find_at(
        at->second, slash == std::string::npos ? "" : name.substr(slash));
    if (value == nullptr)
      throw step_failure("{{" + name + "}}: there is no such field");
    return *value;
  }
  if (execution != nullptr)
    if (const auto* value = field_of(*execution, name))
      return *value;
  throw step_failure("{{" + name + "}} names nothing");
}

std::string case_world::resolved_text(const std::string& text,
                                      const json* execution) const {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      out += suffix_;
    } else if (text.compare(i, 2, "{{") == 0) {
      const auto end = text.find("}}", i);
      if (end == std::string::npos)
        throw step_failure("'" + text + "' opens {{ and does not close it");
      out += spliced(value_of(text.substr(i + 2, end - i - 2), execution));
      i = end + 1;
    } else {
      out += text[i];
    }
  }
  return out;
}

json case_world::resolved(const json& given, const json* execution) const {
  if (given.is_string()) {
    const auto& text = given.get_ref<const std::string&>();
    if (text.starts_with("{{") && text.find("}}") == text.size() - 2)
      return value_of(text.substr(2, text.size() - 4), execution);
    return resolved_text(text, execution);
  }
  if (given.is_array()) {
    json out = json::array();
    for (const auto& element : given)
      out.push_back(resolved(element, execution));
    return out;
  }
  if (given.is_object() && given.size() == 1 && given.contains("~repeat")) {
    const auto& [text, count] = given["~repeat"].get<std::pair<json, int>>();
    json out = json::array();
    for (int i = 0; i < count; ++i)
      out.push_back(text.get<std::string>() + std::to_string(i));
    return out;
  }
  if (given.is_object()) {
    json out = json::object();
    for (const auto& [key, value] : given.items())
      out[resolved_text(key, execution)] = resolved(value, execution);
    return out;
  }
  return given;
}

test::http_reply case_world::send(const std::string& method,
                                  const std::string& path, const json* body) {
  auto reply = node_.send(method, path,
                          body == nullptr ? std::string{} : body->dump());
  if (!reply.answered())
    throw step_failure("no answer: " + reply.trouble);
  if (const auto why = node_.beyond(); !why.empty())
    throw step_failure(method + " " + path + ": " + why
                       + "; say so in the case's \"not_pure\"");
  return reply;
}

json case_world::call(const std::string& method, const std::string& path,
                      const json* body, const json& code) {
  const auto reply = send(method, path, body);
  if (!code_fits(reply.status, code))
    throw step_failure(method + " " + path + " answered "
                       + std::to_string(reply.status) + " " + reply.body);
  return answer_of(reply);
}

json case_world::execution(const std::string& workflow_id) {
  seen_.insert(workflow_id);
  return call("GET", "/api/workflow/" + workflow_id + "?includeTasks=true");
}

void case_world::until(
    const std::function<std::optional<std::string>()>& attempt) {
  std::optional<std::string> trouble;
  auto holds = [&] {
    trouble = attempt();
    return !trouble;
  };
  const auto patience = std::chrono::seconds(node_.settles_at_once() ? 0 : 5);
  if (!test::in_time(holds, patience))
    throw step_failure(*trouble);
}

} // namespace tutti::conformance
