#include "tools/tutti/rendering/yaml_text.hpp"

#include "tools/tutti/testing/document.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace tutti::cli;
using nlohmann::json;

namespace yaml_text_test {

json read_back(const std::string& text) {
  INFO(text);
  auto read = document::parse(text, "x.yaml");
  REQUIRE(read);
  return read->value();
}

} // namespace yaml_text_test
using yaml_text_test::read_back;

TEST_CASE("objects and lists are blocks") {
  auto x = json::parse(R"({"name": "greet", "version": 1,
    "tasks": [{"name": "t", "in": {}}, {"name": "u", "list": [[1], []]}]})");
  CHECK(yaml_text(x)
        == "name: greet\n"
           "tasks:\n"
           "- in: {}\n"
           "  name: t\n"
           "- list:\n"
           "  - - 1\n"
           "  - []\n"
           "  name: u\n"
           "version: 1\n");
  CHECK(read_back(yaml_text(x)) == x);
}

TEST_CASE("texts that YAML would take for something else are quoted") {
  for (auto* text : {"",           "true",
                     "No",         "null",
                     "~",          "1",
                     "1e3",        ".5",
                     "0x10",       "a: b",
                     "#x",         "- x",
                     "x ",         " x",
                     "[a",         "{a",
                     "*a",         "&a",
                     "!a",         "|",
                     ">",          "%",
                     "@a",         "`",
                     "\"q\"",      "'q'",
                     "2026-03-01", "a\tb",
                     "\x01",       "\x7f",
                     "ü",          "a\r\nb",
                     "y",          "${workflow.input.n}",
                     "x:y",        "x #y",
                     "=",          "<<"}) {
    CAPTURE(text);
    for (auto& x :
         {json(text), json{{"k", text}}, json::array({text}), json{{text, 1}}})
      CHECK(read_back(yaml_text(x)) == x);
  }
}

TEST_CASE("texts of several lines are literal blocks, with their ends") {
  CHECK(yaml_text({{"script", "a();\n  b();\n"}})
        == "script: |\n  a();\n    b();\n");
  for (auto* text :
       {"a\nb", "a\nb\n", "a\nb\n\n", "a\n\n\nb", "a\n  b\n c", "\na", " a\nb",
        "\n", "a\n \nb", "a \nb", "---\n...", "# no comment\nx", "a\tb\nc",
        "a\xc2\x85\nb", "a\xe2\x80\xa8\nb"}) {
    CAPTURE(text);
    for (auto& x : {json{{"k", text}}, json{{"k", {{"l", text}}}},
                    json::array({text, 1}), json::array({{{"k", text}}}),
                    json{{"k", text}, {"z", 1}}, json(text)})
      CHECK(read_back(yaml_text(x)) == x);
  }
}

// Values of every kind, nested at random; the seed is fixed.
TEST_CASE("what was written reads back as the same value") {
  std::mt19937 dice(4711);
  auto below = [&](unsigned n) { return dice() % n; };
  const std::string letters = "ab: -#\n\"'{}[],&*!|>%@`\t1e.\xc3\xbc";
  std::function<json(int)> value = [&](int depth) -> json {
    switch (below(depth > 0 ? 8 : 6)) {
      case 0:
        return nullptr;
      case 1:
        return below(2) == 0;
      case 2:
        return int64_t(dice()) - 2'000'000'000;
      case 3:
        return double(dice()) / 1024;
      case 4:
      case 5: {
        std::string text;
        for (auto n = below(12); n > 0; --n)
          text += letters[below(unsigned(letters.size()) - 2)];
        return text;
      }
      case 6: {
        auto out = json::array();
        for (auto n = below(4); n > 0; --n)
          out.push_back(value(depth - 1));
        return out;
      }
      default: {
        auto out = json::object();
        for (auto n = below(4); n > 0; --n)
          out[std::string(1, char('a' + below(20)))] = value(depth - 1);
        return out;
      }
    }
  };
  for (int i = 0; i < 2'000; ++i) {
    auto x = value(5);
    CAPTURE(x.dump());
    CHECK(read_back(yaml_text(x)) == x);
  }
}
