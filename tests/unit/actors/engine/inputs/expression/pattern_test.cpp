#include "actors/engine/inputs/expression/pattern.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

namespace pattern_test {

using tutti::engine::pattern;

bool matches(const char* expression, std::string_view text,
             const char* flags = "") {
  auto compiled = pattern::compile(expression, flags);
  REQUIRE(compiled);
  return compiled->matches(text);
}

TEST_CASE("a pattern matches the whole text or nothing") {
  struct row {
    const char* expression;
    const char* text;
    bool yes;
  };
  for (auto& r : std::initializer_list<row>{
           {"abc", "abc", true},
           {"abc", "abcd", false},
           {"abc", "xabc", false},
           {"", "", true},
           {"", "a", false},
           {".*", "", true},
           {".*b.*", "abc", true},
           {"a|bc|d", "bc", true},
           {"a|bc|d", "b", false},
           {"a|", "", true},
           {"(a|b)*c", "ababc", true},
           {"(?:ab)+", "abab", true},
           {"(?<year>\\d{4})-\\d\\d", "2024-05", true},
           {"a{2}", "aa", true},
           {"a{2}", "aaa", false},
           {"a{2,}", "aaaa", true},
           {"a{1,3}", "aaa", true},
           {"a{1,3}", "aaaa", false},
           {"a{0}", "", true},
           {"a+?b*?", "aab", true},
           {"(a*)*", "aaa", true},
           {"(a|b*)*", "abba", true},
           {"[a-c]x[^a-c]", "bxd", true},
           {"[a-c]x[^a-c]", "bxa", false},
           {"[]a]+", "a]", true},
           {"[a-]+", "a-a", true},
           {"[\\w.-]+@[\\w-]+\\.com", "a.b-c@host-1.com", true},
           {"[\\D]+", "abc", true},
           {"[\\D]+", "a1c", false},
           {"[^\\s]+", "a c", false},
           {"\\s*\\S+\\s*", " \tword\n", true},
           {"^a$", "a", true},
           {"a\\b.*", "a b", true},
           {"a\\b.*", "ab", false},
           {"a\\B.*", "ab", true},
           {"a.c", "a\nc", false},
           {"\\x41\\u0042\\.", "AB.", true},
           {"caf.", "caf\xC3\xA9", true},
           {"[\xC3\xA0-\xC3\xBF]+", "\xC3\xA9\xC3\xA8", true},
           {"(?i)ABC", "abc", true},
           {"ABC", "abc", false}}) {
    CAPTURE(r.expression);
    CAPTURE(r.text);
    CHECK(matches(r.expression, r.text) == r.yes);
  }
}

TEST_CASE("flags behind the slash are obeyed") {
  CHECK(matches("aBc", "AbC", "i"));
  CHECK(matches("[a-c]+", "ABC", "i"));
  CHECK_FALSE(matches("[^a-c]+", "ABC", "i"));
  CHECK(matches("a.c", "a\nc", "s"));
  CHECK(matches("a$\n^b", "a\nb", "m"));
  CHECK_FALSE(matches("a$\n^b", "a\nb"));
  CHECK_FALSE(pattern::compile("a", "x"));
}

TEST_CASE("what is not supported does not compile") {
  for (auto text : {"(",      ")",
                    "a)",     "[",
                    "[a",     "[b-a]",
                    "*",      "a**+",
                    "a{",     "a{x}",
                    "a{2,1}", "a{9999}",
                    "\\",     "[\\",
                    "\\p{L}", "(?=a)",
                    "(?!a)",  "(?<=a)",
                    "(a)\\1", "a++",
                    "[a&&b]", "[[:alpha:]]",
                    "\\xZZ",  "(?<name",
                    "(?P:a)", "(a{1000}){1000}"}) {
    CAPTURE(text);
    auto compiled = pattern::compile(text, "");
    REQUIRE_FALSE(compiled);
    CHECK_FALSE(compiled.failure().message.empty());
  }
  CHECK_FALSE(pattern::compile(std::string(300, 'a'), ""));
  CHECK_FALSE(pattern::compile(std::string(250, '('), ""));
}

TEST_CASE("patterns that make other engines explode stay cheap") {
  auto begin = std::chrono::steady_clock::now();
  const std::string text(pattern::text_bytes_max, 'a');
  for (auto expression :
       {"(a+)+b", "(a|a)*b", "(a*)*b", "(.*)*b", "((a{0,20}){0,20})b"})
    CHECK_FALSE(matches(expression, text));
  CHECK_FALSE(matches("a*", text + "a"));
  CHECK(matches("a*", text));
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(20));
}

} // namespace pattern_test
