#include "tests/conformance/matcher.hpp"

#include <algorithm>
#include <regex>

namespace tutti::conformance {

namespace {

std::string shown(const json* value) {
  if (value == nullptr)
    return "nothing";
  auto text = value->dump(-1, ' ', false, json::error_handler_t::replace);
  return text.size() > 600 ? text.substr(0, 600) + "..." : text;
}

bool same(const json& a, const json& b) {
  if (a.is_number() && b.is_number())
    return a.is_number_float() == b.is_number_float() && a == b;
  if (a.type() != b.type() || a.size() != b.size())
    return false;
  if (a.is_object()) {
    for (const auto& [key, value] : a.items()) {
      const auto other = b.find(key);
      if (other == b.end() || !same(value, *other))
        return false;
    }
    return true;
  }
  if (a.is_array())
    return std::equal(a.begin(), a.end(), b.begin(), same);
  return a == b;
}

std::string type_of(const json& value) {
  if (value.is_number())
    return value.is_number_float() ? "float" : "integer";
  return value.type_name();
}

std::optional<std::string> says(bool holds, const std::string& rule,
                                const json& argument, const json* actual) {
  if (holds)
    return std::nullopt;
  return rule + " " + shown(&argument) + " does not hold for " + shown(actual);
}

std::optional<std::string>
broken_rule(const std::string& rule, const json& argument, const json* actual) {
  auto answer = [&](bool holds) { return says(holds, rule, argument, actual); };
  if (rule == "~absent")
    return answer((actual == nullptr) == argument.get<bool>());
  if (rule == "~present")
    return answer((actual != nullptr) == argument.get<bool>());
  if (rule == "~not")
    return answer(misfit(argument, actual).has_value());
  if (actual == nullptr)
    return rule + " " + shown(&argument) + ": there is no such field";
  if (rule == "~regex")
    return answer(
        actual->is_string()
        && std::regex_search(actual->get<std::string>(),
                             std::regex{argument.get<std::string>()}));
  if (rule == "~contains")
    return answer(
        actual->is_string()
        && actual->get<std::string>().find(argument.get<std::string>())
               != std::string::npos);
  if (rule == "~is")
    return answer(type_of(*actual) == argument.get<std::string>());
  if (rule == "~between")
    return answer(actual->is_number()
                  && actual->get<double>() >= argument.at(0).get<double>()
                  && actual->get<double>() <= argument.at(1).get<double>());
  if (rule == "~count")
    return answer(actual->is_structured()
                  && actual->size() == argument.get<size_t>());
  if (rule == "~empty")
    return answer((actual->is_structured() || actual->is_null())
                  && actual->empty() == argument.get<bool>());
  if (rule == "~any_order") {
    if (!actual->is_array() || actual->size() != argument.size())
      return answer(false);
    auto left = *actual;
    for (const auto& wanted : argument) {
      const auto at
          = std::find_if(left.begin(), left.end(), [&](const json& value) {
              return !misfit(wanted, &value);
            });
      if (at == left.end())
        return answer(false);
      left.erase(at);
    }
    return std::nullopt;
  }
  if (rule == "~has") {
    for (const auto& [key, wanted] : argument.items()) {
      const json* value = nullptr;
      if (actual->is_object()) {
        if (const auto at = actual->find(key); at != actual->end())
          value = &*at;
      }
      if (auto why = misfit(wanted, value))
        return key + ": " + *why;
    }
    return answer(actual->is_object());
  }
  return "unknown rule " + rule;
}

} // namespace

std::optional<std::string> misfit(const json& expected, const json* actual) {
  if (expected.is_object() && expected.size() == 1) {
    const auto rule = expected.begin();
    if (rule.key().starts_with('~'))
      return broken_rule(rule.key(), rule.value(), actual);
  }
  if (actual != nullptr && same(expected, *actual))
    return std::nullopt;
  return "expected " + shown(&expected) + ", found " + shown(actual);
}

const json* find_at(const json& document, const std::string& pointer) {
  const json::json_pointer at{pointer};
  return document.contains(at) ? &document.at(at) : nullptr;
}

} // namespace tutti::conformance
