#include "actors/engine/inputs/expression/json_path.hpp"
#include "messages/model/payload.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>

namespace json_path_test {

using nlohmann::json;
using tutti::engine::json_path;

const json& sample() {
  static const json doc = json::parse(R"({
    "a": {"b": 1, "b-c": 2, "b.c": 3, "x y": 4, "null": null},
    "l": [1, 2, 3, 4, 5],
    "n": [{"name": "A", "year": 1999, "tags": ["x", "y"]},
          {"name": "B", "year": 2005, "tags": []},
          {"name": "C", "year": 2010}],
    "s": "text", "e": [], "o": {}, "f": [1.5, 2.5], "m": [[1, 2], [3]],
    "min": 2000, "t": ["x", "y", 3], "nil": null, "z": true})");
  return doc;
}

/// "-" when the path finds nothing, "!" when it is no path.
std::string read(std::string_view path, const json& doc = sample()) {
  auto compiled = json_path::compile(path);
  if (!compiled)
    return "!";
  auto value = compiled->evaluate(doc);
  return value ? value->dump() : "-";
}

struct row {
  const char* path;
  const char* value;
};

void check(std::initializer_list<row> rows) {
  for (auto& r : rows) {
    CAPTURE(r.path);
    CHECK(read(r.path) == r.value);
  }
}

json nested(int depth) {
  json out = 1;
  for (int i = 0; i < depth; ++i)
    out = json::object({{"a", std::move(out)}});
  return out;
}

TEST_CASE("a child is named with a dot or in brackets") {
  check({{"a.b", "1"},
         {"$.a.b", "1"},
         {"@.a.b", "1"},
         {"  a.b ", "1"},
         {"a.b-c", "2"},
         {"a['b-c']", "2"},
         {"a['b.c']", "3"},
         {"a[\"b.c\"]", "3"},
         {"a['x y']", "4"},
         {"['a'].b", "1"},
         {"$['a']['b']", "1"},
         {"a.['b']", "1"},
         {"a.null", "null"},
         {"z", "true"},
         {"nil", "null"},
         {"o", "{}"}});
  CHECK(read("$") == sample().dump());
}

TEST_CASE("a definite path that finds nothing has no value") {
  check({{"a.missing", "-"},
         {"missing.x.y", "-"},
         {"s.x", "-"},
         {"s[0]", "-"},
         {"l[9]", "-"},
         {"l[-9]", "-"},
         {"l.length", "-"},
         {"nil.x", "-"},
         {"nil[0]", "-"},
         {"o.x", "-"}});
}

TEST_CASE("an indefinite path yields a list, even an empty one") {
  check({{"s[*]", "[]"},
         {"o.*", "[]"},
         {"nil[*]", "[]"},
         {"missing[*].x", "[]"},
         {"l[7:9]", "[]"},
         {"n[5].tags[*]", "[]"},
         {"n[?(@.year > 3000)].name", "[]"},
         {"$..nobody", "[]"}});
}

TEST_CASE("indices, unions and slices count from both ends") {
  check({{"l[0]", "1"},
         {"l[-1]", "5"},
         {"l[0,2]", "[1,3]"},
         {"l[0, 2]", "[1,3]"},
         {"l[-1,-2]", "[5,4]"},
         {"n[0,7].name", "[\"A\"]"},
         {"l[1:3]", "[2,3]"},
         {"l[:2]", "[1,2]"},
         {"l[3:]", "[4,5]"},
         {"l[-2:]", "[4,5]"},
         {"l[:-1]", "[1,2,3,4]"},
         {"l[-3:-1]", "[3,4]"},
         {"l[1:-1]", "[2,3,4]"},
         {"l[0:5:2]", "[1,3,5]"},
         {"m[0][1]", "2"},
         {"m[*][0]", "[1,3]"},
         {"n[-1:].name", "[\"C\"]"}});
}

TEST_CASE("a wildcard takes every element and every member") {
  check({{"l[*]", "[1,2,3,4,5]"},
         {"l.*", "[1,2,3,4,5]"},
         {"a.*", "[1,2,3,null,4]"},
         {"n[*].year", "[1999,2005,2010]"},
         {"n.*.name", "[\"A\",\"B\",\"C\"]"},
         {"n[0:1].tags[*]", "[\"x\",\"y\"]"}});
}

TEST_CASE("a deep scan finds a name at any depth") {
  check({{"$..name", "[\"A\",\"B\",\"C\"]"},
         {".name", "[\"A\",\"B\",\"C\"]"},
         {"n..name", "[\"A\",\"B\",\"C\"]"},
         {"a..b", "[1]"},
         {"$..['b']", "[1]"},
         {"m..[0]", "[[1,2],1,3]"},
         {"l..*", "[1,2,3,4,5]"},
         {"$..[?(@.year > 2000)].name", "[\"B\",\"C\"]"}});
}

TEST_CASE("several names make one object at the end and a list before it") {
  check({{"n[0]['name','year']", R"({"name":"A","year":1999})"},
         {"a['b','nope']", R"({"b":1})"},
         {"$['a','o'].b", "[1]"}});
}

TEST_CASE("a filter keeps what satisfies its condition") {
  check({
      {"n[?(@.year>2000)].name", R"(["B","C"])"},
      {"n[?( @.year >= 2000 && @.name == 'B' )].name", R"(["B"])"},
      {"n[?(@.year<2000||@.name=='C')].name", R"(["A","C"])"},
      {"n[?(@.year==1999 && (@.name=='A' || @.name=='Z'))].name", R"(["A"])"},
      {"n[?(@.year <= 1999)].name", R"(["A"])"},
      {"n[?(@.year != 1999)].name", R"(["B","C"])"},
      {"n[?(@.year > -1e3)].name", R"(["A","B","C"])"},
      {"n[?(2000 < @.year)].name", R"(["B","C"])"},
      {"n[?(!(@.year>2000))].name", R"(["A"])"},
      {"n[?(@.tags)].name", R"(["A","B"])"},
      {"n[?(!@.tags)].name", R"(["C"])"},
      {"n[?(@.tags == null)].name", R"(["C"])"},
      {"n[?(@.name in ['A','C'])].name", R"(["A","C"])"},
      {"n[?(@.name in [\"A\"])].name", R"(["A"])"},
      {"n[?(@.name nin ['A'])].name", R"(["B","C"])"},
      {"n[?(@.name =~ /[a-b]/i)].name", R"(["A","B"])"},
      {"n[?(@.name =~ /[a-b]/)].name", "[]"},
      {"n[?(@.tags =~ /x/)].name", R"(["A"])"},
      {"n[?(@.tags size 2)].name", R"(["A"])"},
      {"n[?(@.tags empty true)].name", R"(["B"])"},
      {"n[?(@.tags empty false)].name", R"(["A"])"},
      {"n[?(@.tags contains 'x')].name", R"(["A"])"},
      {"n[?(@.tags subsetof ['x','y','z'])].name", R"(["A","B"])"},
      {"n[?(@.tags anyof ['x'])].name", R"(["A"])"},
      {"n[?(@.tags noneof ['x'])].name", R"(["B"])"},
      {"n[?(@.tags all ['x','y'])].name", R"(["A"])"},
      {"n[?(@.tags==['x','y'])].name", R"(["A"])"},
      {"n[?(@['name'] == 'A')].year", "[1999]"},
      {"n[?(@.tags[0] == 'x')].year", "[1999]"},
      {"n[?(@.tags.length() > 1)].name", R"(["A"])"},
      {"n[?(@.year > $.min)].name", R"(["B","C"])"},
      {"n[?(@.year == $.n[1].year)].name", R"(["B"])"},
      {"n[?(@.year == '1999')].name", R"(["A"])"},
      {"n[?(@.year === '1999')].name", "[]"},
      {"n[?(@.year === 1999)].name", R"(["A"])"},
      {"l[?(@ > 3)]", "[4,5]"},
      {"t[?(@ == 'x')]", R"(["x"])"},
      {"t[?(@ in ['x', 3])]", R"(["x",3])"},
      {"a[?(@.b == 1)]['b-c']", "[2]"},
      {"a[?(@.b == 2)]", "[]"},
      {"n[?(true == true)].year", "[1999,2005,2010]"},
      {"s[?(@ == 1)]", "-"},
  });
}

TEST_CASE("functions end a path with a value") {
  check({{"l.length()", "5"},
         {"l.size()", "5"},
         {"a.length()", "5"},
         {"e.length()", "0"},
         {"s.length()", "null"},
         {"l.sum()", "15.0"},
         {"l.sum(10)", "25.0"},
         {"$.sum($.l)", "15.0"},
         {"l.min()", "1.0"},
         {"l.max()", "5.0"},
         {"l.avg()", "3.0"},
         {"l.stddev()", "1.4142135623730951"},
         {"f.sum()", "4.0"},
         {"e.sum()", "-"},
         {"s.sum()", "-"},
         {"a.keys()", R"(["b","b-c","b.c","null","x y"])"},
         {"l.keys()", "null"},
         {"l.first()", "1"},
         {"l.last()", "5"},
         {"f.last()", "2.5"},
         {"l.index(1)", "2"},
         {"l.index(-2)", "4"},
         {"l.index(9)", "-"},
         {"e.first()", "-"},
         {"l.append(9, 10)", "[1,2,3,4,5,9,10]"},
         {"l.append('x').length()", "6"},
         {"t.concat()", "\"xy\""},
         {"s.concat('a', 'b')", "\"ab\""},
         {"$.concat($.s, \"-\", $.a.b)", "\"text-1\""},
         {"a.keys().length()", "5"},
         {"l.foo()", "-"}});
}

TEST_CASE("a function applies to each match, after a deep scan to all") {
  check({{"m[*].sum()", "[3.0,3.0]"},
         {"n[*].tags.length()", "[2,0]"},
         {"$..year.sum()", "6014.0"},
         {"n..year.max()", "2010.0"},
         {"$..length()", "-"},
         {"n..sum()", "-"},
         {"$..tags.length()", "2"},
         {"n[*].year.sum()", "6014.0"},
         {"n[*].name.first()", "\"A\""}});
}

TEST_CASE("what is no path does not compile") {
  for (auto path : {"",
                    " ",
                    ".",
                    "..",
                    "a.",
                    "a..",
                    "a...b",
                    "$a",
                    "a[",
                    "a[0",
                    "a['b",
                    "a[]",
                    "a[x]",
                    "a[1,a]",
                    "a[1:2:3:4]",
                    "a[:]",
                    "a[0:1:0]",
                    "a b",
                    "a.b c",
                    "a[?(@.b]",
                    "a[?(@.b)",
                    "a[?()]",
                    "a[?(@.b foo 1)]",
                    "a[?(@.b == )]",
                    "a[?(@.b == 'x)]",
                    "a[?(@.b =~ /(/)]",
                    "a[?(1)]",
                    "a.sum(",
                    "a.sum($.b",
                    "a.sum(,)",
                    "a.append({)",
                    "a[99999999999999]",
                    "a[?(@.b == {x)]",
                    "a[?@.b]",
                    "a['b' 'c']",
                    "a[?(@.b == 1))]"}) {
    CAPTURE(path);
    auto compiled = json_path::compile(path);
    REQUIRE_FALSE(compiled);
    CHECK(compiled.failure().code == tutti::errc::invalid);
    CHECK_FALSE(compiled.failure().message.empty());
  }
}

TEST_CASE("any prefix and any single changed byte of a path is harmless") {
  const std::string path
      = "n[?(@.name =~ /[a-c]+/i && (@.year > $.min || !@.tags))]['name',"
        "'year'].concat(\"x\", $.a['b.c'], {\"k\":[1]}).length()";
  int compiled = 0;
  for (size_t i = 0; i <= path.size(); ++i)
    compiled += read(path.substr(0, i)) != "!";
  for (size_t i = 0; i < path.size(); ++i)
    for (char c : {'[', ']', '(', ')', '\'', '"', '.', '$', '\\', '\0', '/'}) {
      auto changed = path;
      changed[i] = c;
      compiled += read(changed) != "!";
    }
  CHECK(compiled > 0);
  CHECK(read(path) != "!");
}

TEST_CASE("names may hold quotes, escapes and any other letter") {
  json doc{{"it's", 1}, {"ключ", 2}, {"a\"b", 3}, {"q\\", 4}};
  CHECK(read("['it\\'s']", doc) == "1");
  CHECK(read("ключ", doc) == "2");
  CHECK(read("['\\u043a\\u043b\\u044e\\u0447']", doc) == "2");
  CHECK(read("['a\"b']", doc) == "3");
  CHECK(read("['q\\\\']", doc) == "4");
}

TEST_CASE("a path knows whether it is definite") {
  for (auto path : {"a.b", "a[0].b", "a['b','c']", "$..a.sum()", "a.keys()"})
    CHECK(json_path::compile(path)->definite());
  for (auto path : {"a[*]", "a..b", "a[0,1]", "a[0:1]", "a[?(@.b)].c", "a.*.b",
                    "a['b','c'].d", "a[*].keys()"})
    CHECK_FALSE(json_path::compile(path)->definite());
}

TEST_CASE("paths nest only so deep") {
  std::string path = "@.a";
  for (int i = 0; i < 40; ++i)
    path = "@.a[?(" + path + ")]";
  CHECK_FALSE(json_path::compile(path));
  CHECK_FALSE(json_path::compile("a[?(" + std::string(5000, '(') + "@.b"
                                 + std::string(5000, ')') + ")]"));
  CHECK_FALSE(json_path::compile("a[?(" + std::string(5000, '!') + "@.b)]"));
  CHECK_FALSE(json_path::compile(std::string(20000, 'a')));
  CHECK_FALSE(json_path::compile(std::string(1 << 20, '[')));
}

TEST_CASE("a deep document is scanned without harm") {
  auto doc = nested(5000);
  // The scan stops a thousand levels down.
  auto found = json_path::compile("$..a")->evaluate(nested(200));
  REQUIRE(found);
  CHECK(found->size() == 200);
  auto deep = json_path::compile("$..zzz")->evaluate(doc);
  REQUIRE(deep);
  CHECK(deep->empty());
}

TEST_CASE("an evaluation ends however the path multiplies its work") {
  json wide = json::array();
  for (int i = 0; i < 2000; ++i)
    wide.push_back({{"v", i}, {"w", {{"v", i}}}});
  json doc{{"l", std::move(wide)}};
  auto begin = std::chrono::steady_clock::now();
  CHECK(read("l[?($..v)]", doc) == "-");
  CHECK(read("l[?(@.v in $..v)]..v.append($, $, $, $).append($..*, $..*)", doc)
        == "-");
  auto took = std::chrono::steady_clock::now() - begin;
  CHECK(took < std::chrono::seconds(20));
}

TEST_CASE("a regular expression cannot take for ever") {
  json doc{{"l", json::array({std::string(5000, 'a') + "b"})}};
  CHECK(read("l[?(@ =~ /(a+)+c/)]", doc) == "[]");
  CHECK(read("l[?(@ =~ /(a|a)*b/)].length()", doc) == "[null]");
  CHECK_FALSE(json_path::compile("l[?(@ =~ /" + std::string(300, 'a') + "/)]"));
  CHECK_FALSE(json_path::compile("l[?(@ =~ /(a{1000}){1000}/)]"));
}

} // namespace json_path_test
