#include "actors/engine/inputs/expression/reference_check.hpp"

#include "actors/engine/inputs/expression/interpolation.hpp"
#include "actors/engine/inputs/expression/json_path.hpp"

#include <nlohmann/json.hpp>

namespace tutti::engine {

namespace reference_check_detail {

using std::string;
using std::string_view;

constexpr int depth_max = 1000;

struct checker {
  string_view task;
  const known_references& names;
  std::vector<string> broken = {};

  void value(const string& key, const nlohmann::json& v, int depth) {
    if (v.is_string())
      return text(key, v.get_ref<const string&>());
    if (depth > depth_max)
      return;
    if (v.is_object())
      for (auto& [name, item] : v.items())
        value(name, item, depth + 1);
    else if (v.is_array())
      for (auto& item : v)
        value(key, item, depth + 1);
  }

  void text(const string& key, const string& s) {
    if (s.find("${") != s.npos)
      for (auto inside : interpolation::innermost(s))
        expression(key, s, inside);
  }

  void expression(const string& key, string_view whole, string_view inside) {
    auto path = json_path::compile(inside);
    if (!path) {
      broken.push_back("key: " + key
                       + " input parameter value: " + string(inside)
                       + " is not valid: " + path.failure().message);
      return;
    }
    bool known = names.has_system_value && names.has_system_value(inside);
    if (known || inside == "CPEWF_TASK_ID")
      return;
    auto place = " for given task: " + string(task) + " input value: " + key
                 + " of input parameter: " + string(whole);
    if (is_reserved_name(inside)) {
      broken.push_back("environment variable: " + string(inside) + place
                       + " is not valid");
      return;
    }
    auto first = inside.substr(0, inside.find('.'));
    auto name = inside.substr(0, inside.find_first_of(".["));
    if (!is_root(first) && !is_root(name))
      broken.push_back("taskReferenceName: " + string(first) + place
                       + " is not defined in workflow definition.");
  }

  bool is_root(string_view name) const {
    return name == "workflow"
           || (names.is_reference && names.is_reference(name));
  }
};

} // namespace reference_check_detail

std::vector<std::string>
check_references(const nlohmann::json& input_parameters,
                 std::string_view task_reference,
                 const known_references& names) {
  reference_check_detail::checker c{task_reference, names};
  c.value("inputParameters", input_parameters, 0);
  return std::move(c.broken);
}

} // namespace tutti::engine
