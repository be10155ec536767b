#include "actors/engine/inputs/expression/reference_check.hpp"

#include "actors/engine/inputs/expression/interpolation.hpp"
#include "actors/engine/inputs/expression/json_path.hpp"

#include <nlohmann/json.hpp>

namespace tutti::engine {

namespace reference_check_detail {

using std::string;
using std::string_view;

constexpr int depth_max = 1000;

/// One text may hold thousands of expressions: no sentence repeats it whole.
string shown(string_view text) { return shortened(text, 100); }

struct checker {
  string_view task;
  const known_references& names;
  const std::function<void(string)>& broken;

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
      broken("key: " + shown(key) + " input parameter value: " + shown(inside)
             + " is not valid: " + path.failure().message);
      return;
    }
    bool known = names.has_system_value && names.has_system_value(inside);
    if (known || inside == "CPEWF_TASK_ID")
      return;
    auto place = [&] {
      return " for given task: " + shown(task) + " input value: " + shown(key)
             + " of input parameter: " + shown(whole);
    };
    if (is_reserved_name(inside))
      return broken("environment variable: " + shown(inside) + place()
                    + " is not valid");
    auto first = inside.substr(0, inside.find('.'));
    auto name = inside.substr(0, inside.find_first_of(".["));
    if (!is_root(first) && !is_root(name))
      broken("taskReferenceName: " + shown(first) + place()
             + " is not defined in workflow definition.");
  }

  bool is_root(string_view name) const {
    return name == "workflow"
           || (names.is_reference && names.is_reference(name));
  }
};

} // namespace reference_check_detail

void check_references(const nlohmann::json& input_parameters,
                      std::string_view task_reference,
                      const known_references& names,
                      const std::function<void(std::string)>& broken) {
  reference_check_detail::checker c{task_reference, names, broken};
  c.value("inputParameters", input_parameters, 0);
}

reference_check
checks_references(std::function<bool(std::string_view)> has_system_value) {
  return [has_value = std::move(has_system_value)](
             const payload& input_parameters,
             const std::function<bool(std::string_view)>& is_reference,
             const std::function<void(std::string)>& broken) {
    check_references(input_parameters.json(), {}, {is_reference, has_value},
                     broken);
  };
}

} // namespace tutti::engine
