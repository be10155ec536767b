// Templates with expressions: {"template", "defaults", "document"}. Plain paths
// are found by scanning text, all others in a parsed document; both ways give
// the same, and rendering gives what evaluation gives.

#include "actors/engine/inputs/expression/environment.hpp"
#include "actors/engine/inputs/expression/input_template.hpp"
#include "actors/engine/inputs/expression/reference_check.hpp"
#include "actors/engine/inputs/expression/scope.hpp"
#include "tests/fuzz/expect.hpp"
#include "tests/fuzz/json_mutator.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

namespace tutti::fuzz {

namespace expression_detail {

using namespace engine;
using nlohmann::json;

/// A document as an execution has it: roots with fields, of payloads and
/// scalars. Fields that no execution has are dropped.
class fields_scope final : public scope {
 public:
  explicit fields_scope(const json& document) {
    if (!document.is_object())
      return;
    for (auto& [root, fields] : document.items())
      if (fields.is_object())
        for (auto name : fields_of(root))
          if (auto it = fields.find(name); it != fields.end())
            put(root, std::string(name), *it);
    for (auto& [root, fields] : values_)
      names_.push_back(root);
  }

  std::optional<value_ref> field(std::string_view root,
                                 std::string_view name) const override {
    auto fields = values_.find(root);
    if (fields == values_.end())
      return std::nullopt;
    auto it = fields->second.find(name);
    if (it == fields->second.end())
      return std::nullopt;
    auto& x = it->second;
    if (x.is_structured())
      return &payloads_.at(&x);
    if (x.is_string())
      return std::string_view(x.get_ref<const std::string&>());
    if (x.is_boolean())
      return x.get<bool>();
    return x.get<int64_t>();
  }
  std::vector<std::string> roots() const override { return names_; }
  std::optional<std::string> system_name(std::string_view name) const override {
    return name == "SYS" ? std::optional<std::string>("s\"ys") : std::nullopt;
  }
  std::optional<std::string> environment(std::string_view name) const override {
    return name == "E" ? std::optional<std::string>(R"({"a":[1,"x"]})")
                       : std::nullopt;
  }

  /// The same as one document.
  json whole() const {
    json out = json::object();
    for (auto& [root, fields] : values_)
      for (auto& [name, value] : fields)
        out[root][name] = value;
    return out;
  }

 private:
  using table = std::map<std::string, json, std::less<>>;

  /// Nulls are no fields, and numbers are whole.
  void put(const std::string& root, std::string name, const json& x) {
    bool scalar = x.is_string() || x.is_boolean()
                  || (x.is_number_integer() && !x.is_number_unsigned())
                  || (x.is_number_unsigned() && x.get<uint64_t>() <= INT64_MAX);
    if (!scalar && !x.is_structured())
      return;
    auto& kept = values_[root][std::move(name)];
    kept = x;
    if (x.is_structured())
      payloads_.emplace(&kept, payload::trusted(to_text(x)));
  }

  std::map<std::string, table, std::less<>> values_;
  std::map<const json*, payload> payloads_;
  std::vector<std::string> names_;
};

std::string rendered(const input_template& x, const scope& from) {
  auto text = x.render_json(from);
  auto read = parse_json(text, 1'000);
  expect(bool(read), "what is rendered is JSON: " + text);
  expect(x.render(from).text() == text, "a payload is what was rendered");
  expect(x.evaluate(from) == *read, "and so is what was evaluated");
  return text;
}

void check(const json& parameters, const json& defaults, const json& document) {
  fields_scope fields(document);
  auto whole = fields.whole();
  document_scope parsed(whole, &fields);
  auto compiled = input_template::compile(parameters, defaults);
  auto text = rendered(compiled, fields);
  expect_equal(text, rendered(compiled, parsed),
               "found in text and found in a document");
  if (compiled.constant())
    expect_equal(text, rendered(compiled, fields_scope(json())),
                 "a constant is the same anywhere");
  if (parameters.is_string()) {
    auto& source = parameters.get_ref<const std::string&>();
    auto alone = substitute_text(source, fields);
    expect_equal(alone, substitute_text(source, parsed), "as text, too");
  }
  check_references(
      parameters, "t1",
      {[](auto name) { return name == "t1"; }, [](auto) { return true; }},
      [](const std::string& why) { expect(!why.empty(), "it says why"); });
}

void check_secrets(const json& parameters) {
  auto input = payload::trusted(to_text(parameters));
  auto out = resolve_secrets(input, [](std::string_view name) {
    return name == "S" ? std::optional<std::string>("\"}${") : std::nullopt;
  });
  expect(bool(parse_json(out.text())), "resolved secrets leave JSON");
}

} // namespace expression_detail

} // namespace tutti::fuzz

TUTTI_FUZZES_JSON()

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tutti;
  using namespace tutti::fuzz;
  auto read = parse_json(as_text(data, size));
  if (!read || !read->is_object())
    return 0;
  auto part = [&](const char* name) {
    auto it = read->find(name);
    return it == read->end() ? nlohmann::json() : *it;
  };
  auto parameters = part("template");
  expression_detail::check(parameters, part("defaults"), part("document"));
  expression_detail::check_secrets(parameters);
  return 0;
}
