#include "tests/unit/actors/engine/inputs/expression/expression_scope.hpp"

#include "actors/engine/inputs/expression/input_template.hpp"
#include "actors/engine/inputs/expression/json_slice.hpp"

#include <doctest/doctest.h>

namespace input_template_test {

using namespace tutti;
using namespace tutti::engine;
using nlohmann::json;

TEST_CASE("a template without expressions is shared, not rendered") {
  auto t = input_template::compile(json{{"a", 1}, {"b", {"x", "$${y}"}}});
  CHECK(t.constant());
  table_scope from;
  CHECK(t.render_json(from) == R"({"a":1,"b":["x","${y}"]})");
  CHECK(t.render(from).text().data() == t.render(from).text().data());
  CHECK(input_template().render(from).text() == "{}");
}

TEST_CASE("a named payload is spliced as the text it is") {
  table_scope from;
  from.with("t", "output", R"({"z":1.50,"a":[1e2,"\u00e9"]})");
  auto t = input_template::compile(
      json{{"all", "${t.output}"}, {"one", "${t.output.a}"}, {"k", "v"}});
  CHECK(t.render_json(from)
        == R"({"all":{"z":1.50,"a":[1e2,"\u00e9"]},"k":"v",)"
           R"("one":[1e2,"\u00e9"]})");
  auto whole = input_template::compile(json("${t.output}"));
  auto& source = *std::get<const payload*>(*from.field("t", "output"));
  CHECK(whole.render(from).text().data() == source.text().data());
}

TEST_CASE("a template is evaluated again with other values") {
  auto t = input_template::compile(json{{"x", "${t.output.n}"}});
  for (auto& [output, expected] :
       {std::pair{R"({"n":1})", R"({"x":1})"},
        std::pair{R"({"n":"a\nb"})", R"({"x":"a\nb"})"},
        std::pair{R"({})", R"({"x":null})"}}) {
    table_scope from;
    from.with("t", "output", output);
    CHECK(t.render_json(from) == expected);
    CHECK(t.render(from).json() == t.evaluate(from));
  }
}

TEST_CASE("spliced text is escaped for JSON") {
  table_scope from;
  from.with("t", "output", R"({"s":"a\"b\\c\u0001\t\u00e4"})");
  from.with("t", "taskId", std::string("bad\xff"), 0);
  auto t = input_template::compile(json("<${t.output.s}>"));
  CHECK(t.evaluate(from) == "<a\"b\\c\x01\tä>");
  CHECK(json::accept(t.render_json(from)));
  auto bad = input_template::compile(json{{"v", "${t.taskId}"}});
  CHECK(bad.evaluate(from)["v"] == "bad\xEF\xBF\xBD");
}

TEST_CASE("an inputTemplate fills absent keys and replaces nulls (3.5)") {
  table_scope from;
  from.with("workflow", "input", R"({"i":"I","n":null})");
  auto render = [&](const char* parameters, const char* defaults) {
    return input_template::compile(json::parse(parameters),
                                   json::parse(defaults))
        .render_json(from);
  };
  // The case of the conformance list: no inputParameters at all (9).
  CHECK(
      render("null", R"({"r":{"u":"/x","body":{"p":["${workflow.input.i}"]}}})")
      == R"({"r":{"body":{"p":["I"]},"u":"/x"}})");
  CHECK(render(R"({"a":1})", R"({"a":2,"b":3})") == R"({"a":1,"b":3})");
  // No deep merge.
  CHECK(render(R"({"a":{"x":1}})", R"({"a":{"y":2}})") == R"({"a":{"x":1}})");
  // Nulls get the raw value, also where the template's own expression is null.
  CHECK(render(R"({"a":null})", R"({"a":"${workflow.input.i}"})")
        == R"({"a":"${workflow.input.i}"})");
  CHECK(render(R"({"a":"${workflow.input.n}"})", R"({"a":{"d":1}})")
        == R"({"a":{"d":1}})");
  CHECK(render("{}", R"({"a":"${workflow.input.n}"})")
        == R"({"a":"${workflow.input.n}"})");
  // Only top-level keys, and only nulls.
  CHECK(render(R"({"a":{"b":"${workflow.input.n}"}})", R"({"a":5})")
        == R"({"a":{"b":null}})");
  CHECK(render(R"({"a":["${workflow.input.n}"]})", R"({"a":5})")
        == R"({"a":[null]})");
  CHECK(render(R"({"a":"x${workflow.input.n}"})", R"({"a":5})")
        == R"({"a":"xnull"})");
  CHECK(render(R"({"a":"${workflow.input.i}"})", R"({"a":5})")
        == R"({"a":"I"})");
  CHECK(render(R"({"a":1})", "{}") == R"({"a":1})");
  CHECK(render("null", "null") == "{}");
}

TEST_CASE("workflow input gets absent keys from its template") {
  auto fill = [](const char* input, const char* defaults) {
    return with_defaults(payload::trusted(input), payload::trusted(defaults))
        .json();
  };
  CHECK(fill(R"({"a":1})", R"({"a":2,"b":"${x}"})")
        == json{{"a", 1}, {"b", "${x}"}});
  CHECK(fill("{}", R"({"b":3})") == json{{"b", 3}});
  CHECK(fill(R"({"a":null})", R"({"a":2})") == json{{"a", nullptr}});
  CHECK(fill(R"({"a":1})", "{}") == json{{"a", 1}});
}

TEST_CASE("a deeply nested value compiles and renders") {
  json value = "${t.output.n}";
  for (int i = 0; i < 900; ++i)
    value = json::array({std::move(value)});
  table_scope from;
  from.with("t", "output", R"({"n":7})");
  auto text = input_template::compile(value).render_json(from);
  CHECK(text == std::string(900, '[') + "7" + std::string(900, ']'));
  for (int i = 0; i < 3000; ++i)
    value = json::object({{"k", std::move(value)}});
  auto cut = input_template::compile(value).render_json(from);
  CHECK(cut.find("null") != cut.npos);
}

TEST_CASE("text that is not JSON is read without harm") {
  for (std::string_view text :
       {"", "{", "{\"", "{\"a", "{\"a\"", "{\"a\":", "{\"a\":[", "[", "[,",
        "{\"a\":\"\\", "{a}", "[1", "nul", "\"\\\"", "{\"a\":1,", "]"}) {
    std::string out;
    append_java_text(out, text);
    CHECK(element_of(text, 3) == std::nullopt);
    CHECK(member_of(text, "b") == std::nullopt);
  }
}

} // namespace input_template_test
