#include "messages/model/retention/retention_policy.hpp"

#include "messages/model/validation.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace tutti {

namespace retention_policy_detail {

struct field {
  const char* name;
  std::optional<retention_policy::age> retention_policy::*age;
};
constexpr field fields[] = {
    {"completed", &retention_policy::completed},
    {"failed", &retention_policy::failed},
    {"timedOut", &retention_policy::timed_out},
    {"terminated", &retention_policy::terminated},
};

failure wrong(const std::string& what) {
  return {errc::invalid, "retention: " + what};
}

} // namespace retention_policy_detail

std::optional<retention_policy::age> read_retention_age(std::string_view text) {
  if (text == "never")
    return retention_policy::age{};
  auto ms = parse_duration_ms(text);
  if (!ms || *ms <= 0)
    return std::nullopt;
  return retention_policy::age{*ms};
}

result<std::optional<retention_policy>>
read_retention_policy(const payload& metadata) {
  using namespace retention_policy_detail;
  using found = std::optional<retention_policy>;
  if (metadata.is_empty_object() || !metadata.json().is_object())
    return found();
  auto it = metadata.json().find("retention");
  if (it == metadata.json().end())
    return found();
  if (!it->is_object())
    return wrong("it must be a JSON object");
  retention_policy out;
  for (auto& [name, value] : it->items()) {
    if (name == "archive") {
      if (!value.is_boolean())
        return wrong("'archive' must be true or false");
      out.archive = value.get<bool>();
      continue;
    }
    auto* known
        = std::find_if(std::begin(fields), std::end(fields),
                       [&key = name](auto& x) { return key == x.name; });
    if (known == std::end(fields))
      return wrong("there is no property '" + name + "'");
    auto age = value.is_string()
                   ? read_retention_age(value.get_ref<const std::string&>())
                   : std::nullopt;
    if (!age)
      return wrong("'" + name
                   + "' must be an age like \"30d\", \"12h\" or \"never\"");
    out.*(known->age) = age;
  }
  return found(std::move(out));
}

} // namespace tutti
