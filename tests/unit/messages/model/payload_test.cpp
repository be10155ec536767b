#include "messages/model/codec.hpp"
#include "messages/model/payload.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include <thread>

using namespace tutti;
using nlohmann::json;

TEST_CASE("a payload that is not given is the empty object") {
  payload x;
  CHECK(x.text() == "{}");
  CHECK(x.is_empty_object());
  CHECK(x.json() == json::object());
  CHECK_FALSE(x.is_null());
}

TEST_CASE("a text may begin with a byte order mark [C4]") {
  const std::string mark = "\xEF\xBB\xBF";
  auto kept = payload::parse(mark + "{\"a\": 1}");
  REQUIRE(kept);
  CHECK(kept->text() == "{\"a\":1}");
  auto value = parse_json(mark + " [1]");
  REQUIRE(value);
  CHECK(value->size() == 1);
  CHECK_FALSE(payload::parse(mark));
  CHECK_FALSE(payload::parse(mark + mark + "{}"));
}

TEST_CASE("foreign text is kept without the blanks between its tokens") {
  auto x = payload::parse(" { \"b\" : [ 1 , \"a  b\" ] ,\n\t\"a\" : 1.50 } ");
  REQUIRE(x);
  CHECK(x->text() == R"({"b":[1,"a  b"],"a":1.50})");
  CHECK(x->json()["a"] == 1.5);
  CHECK(x->json()["b"][1] == "a  b");
}

TEST_CASE("text of any length is made compact inside its own memory") {
  for (size_t size = 0; size < 300; ++size) {
    auto inside = std::string(size, 'x');
    auto x = payload::parse("[ \"" + inside + "\" , 1 ]");
    REQUIRE(x);
    CHECK(x->text() == "[\"" + inside + "\",1]");
  }
}

TEST_CASE("integers stay integers up to 64 bits") {
  auto x = payload::parse(
      "[9223372036854775807,-9223372036854775808,18446744073709551615,1,1.0]");
  REQUIRE(x);
  auto& list = x->json();
  CHECK(list[0].is_number_integer());
  CHECK(list[0] == INT64_MAX);
  CHECK(list[1] == INT64_MIN);
  CHECK(list[2].is_number_unsigned());
  CHECK(list[2] == UINT64_MAX);
  CHECK(list[3].is_number_integer());
  CHECK(list[4].is_number_float());
}

TEST_CASE("a value built here is written on demand, bad bytes replaced") {
  payload x(json{{"a", "ok\xFF"}, {"b", nullptr}});
  CHECK(x.text() == "{\"a\":\"ok\xEF\xBF\xBD\",\"b\":null}");
  CHECK(payload(json::object()).is_empty_object());
  CHECK(payload(json()).is_null());
}

TEST_CASE("payloads compare by what they say") {
  CHECK(*payload::parse(R"({"a":1,"b":2})")
        == *payload::parse(R"({"b":2,"a":1})"));
  CHECK_FALSE(*payload::parse("[1,2]") == *payload::parse("[2,1]"));
}

TEST_CASE("the later of two equal keys counts") {
  CHECK(parse_json(R"({"a":1,"a":2})")->at("a") == 2);
}

TEST_CASE("one payload may be read from many threads at once") {
  for (int generation = 0; generation < 50; ++generation) {
    auto x = *payload::parse(R"({"a":[1,2,3]})");
    payload y(json{{"b", 1}});
    std::vector<std::thread> readers;
    std::atomic<int> good = 0;
    for (int i = 0; i < 4; ++i) {
      readers.emplace_back([&] {
        good += x.json()["a"].size() == 3 && y.text() == R"({"b":1})"
                && !y.is_empty_object();
      });
    }
    for (auto& reader : readers)
      reader.join();
    CHECK(good == 4);
  }
}

TEST_CASE("strings are written so that they read back") {
  std::string all;
  for (int c = 0; c < 128; ++c)
    all += char(c);
  all += "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80";
  std::string out;
  write_string(out, all);
  CHECK(parse_json(out)->get<std::string>() == all);
  CHECK(out.substr(0, 8) == "\"\\u0000\\");
}

TEST_CASE("bytes that are not UTF-8 are written as replacement characters") {
  struct pair {
    std::string_view bytes, written;
  };
  for (auto& x : std::initializer_list<pair>{
           {"a\xFFz", "\"a\xEF\xBF\xBDz\""},
           {"\xC3", "\"\xEF\xBF\xBD\""},
           {"\xC0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},
           {"\xED\xA0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
           {"\xE2\x82", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},
           {"\xF4\x90\x80\x80",
            "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
           {"\xE2\x82\xAC", "\"\xE2\x82\xAC\""},
       }) {
    std::string out;
    write_string(out, x.bytes);
    CHECK(out == x.written);
    CHECK(parse_json(out));
  }
}
