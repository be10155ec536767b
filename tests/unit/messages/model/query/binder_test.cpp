#include "messages/model/query/binder.hpp"

#include "messages/model/query/fields.hpp"
#include "messages/model/query/literals.hpp"
#include "messages/model/query/words.hpp"

#include <doctest/doctest.h>

using namespace tutti;
using namespace tutti::query;

namespace {

constexpr int64_t now = 1'700'000'000'000;

struct bound_query {
  query::filter filter;
  std::string why;
  std::vector<std::string> warnings;
};

bound_query bound(std::string_view text, subject of = subject::workflows) {
  bound_query out;
  auto parsed = parse(text);
  REQUIRE(parsed);
  auto got = bind(*parsed, {of, now}, out.warnings);
  if (got)
    out.filter = std::move(*got);
  else
    out.why = got.failure().message;
  return out;
}

} // namespace

TEST_CASE("times are instants, dates, or spans from now") {
  struct {
    const char* text;
    int64_t ms;
  } cases[] = {
      {"1700000000000", 1'700'000'000'000},
      {"2023-11-14", 1'699'920'000'000},
      {"2023-11-14T22:13:20Z", now},
      {"2023-11-14T22:13:20.000Z", now},
      {"2023-11-14T22:13:20.5", now + 500},
      {"2023-11-15T00:13:20+02:00", now},
      {"2023-11-14 22:13", now - 20'000},
      {"now", now},
      {"-1h", now - 3'600'000},
      {"-1h30m", now - 5'400'000},
      {"+2d", now + 2 * 86'400'000},
      {"now-15m", now - 900'000},
      {"-250ms", now - 250},
      {"-1w", now - 7 * 86'400'000},
      {"-5", -5},
  };
  for (auto& x : cases) {
    CAPTURE(x.text);
    CHECK(to_time(x.text, now) == x.ms);
  }
  for (auto* text : {"", "yesterday", "2023-13-01", "2023-02-30", "-1x", "1h",
                     "-h", "2023-11-14T25:00", "now5"}) {
    CAPTURE(text);
    CHECK(!to_time(text, now));
  }
}

TEST_CASE("every operator is applied to every kind of field, or refused") {
  struct {
    const char* operation;
    bool text, number, time, status;
  } rows[] = {
      {"= 5", true, true, true, true},
      {"!= 5", true, true, true, true},
      {"< 5", true, true, true, false},
      {"<= 5", true, true, true, false},
      {"> 5", true, true, true, false},
      {">= 5", true, true, true, false},
      {"IN (5, 6)", true, true, true, true},
      {"NOT IN (5, 6)", true, true, true, true},
      {"BETWEEN 5 AND 6", true, true, true, false},
      {"STARTS_WITH '5'", true, false, false, true},
      {"IS NULL", true, true, true, true},
      {"IS NOT NULL", true, true, true, true},
  };
  for (auto of : {subject::workflows, subject::tasks})
    for (auto& field : fields_of(of))
      for (auto& x : rows) {
        auto text = std::string(field.name) + ' ' + x.operation;
        CAPTURE(text);
        bool good = field.kind == value_kind::text     ? x.text
                    : field.kind == value_kind::number ? x.number
                    : field.kind == value_kind::time   ? x.time
                                                       : x.status;
        auto out = bound(text, of);
        CHECK(out.why.empty() == good);
        if (!good)
          CHECK(out.why.find("does not apply") != std::string::npos);
      }
}

TEST_CASE("values of the wrong type are refused with their column") {
  CHECK(bound("status=RUNNING AND version=abc").why
        == "query, column 28: 'version' is compared with a number");
  CHECK(bound("startTime > yesterday").why.find("column 13: 'startTime'")
        != std::string::npos);
  CHECK(bound("version=1.5").why.empty());
  CHECK(bound("endTime=''").why.empty());
}

TEST_CASE("an unknown field is refused, with advice") {
  auto strict = bound("workflowTyp=a");
  CHECK(strict.why
        == "query, column 1: there is no field 'workflowTyp'; did you mean "
           "'workflowType'?");
}

TEST_CASE("free text on an unknown field matches nothing for Conductor") {
  std::vector<std::string> warnings;
  auto text = parse_free_text("foo:1 OR payment");
  REQUIRE(text);
  auto out = bind(*text, {subject::workflows, now, true}, warnings);
  REQUIRE(out);
  CHECK(out->parts.front().what == filter::kind::nothing);
  CHECK(warnings.size() == 1);
  CHECK(!bind(*text, {subject::workflows, now, false}, warnings));
}

TEST_CASE("a status is one of a few, in capitals or not, also by pattern") {
  auto out = bound("status = running");
  CHECK(out.filter.values == std::vector<value>{int64_t{0}});
  CHECK(bound("status='*ED'").filter.values.size() == 4);
  CHECK(bound("status STARTS_WITH 'T'").filter.values.size() == 2);
  auto none = bound("status=DONE");
  CHECK(none.filter.what == filter::kind::nothing);
  CHECK(none.warnings.size() == 1);
  CHECK(bound("status=DONE", subject::tasks).warnings.front()
        == "'DONE' is no status of a task");
}

TEST_CASE("every execution has the classifier workflow") {
  CHECK(bound("classifier=workflow").filter.what == filter::kind::everything);
  CHECK(bound("classifier IN (agent)").filter.what == filter::kind::nothing);
  CHECK(bound("NOT classifier=agent").filter.what == filter::kind::everything);
}

TEST_CASE("a value of an attribute is meant in every way that it may be") {
  auto out = bound("input.order.total >= 5");
  CHECK(out.filter.what == filter::kind::attribute);
  CHECK(out.filter.path == "input.order.total");
  REQUIRE(out.filter.meanings.size() == 3); // text, number, time
  CHECK(out.filter.meanings[1].kind == attribute_kind::number);
  CHECK(bound("input.flag = true").filter.meanings.size() == 2);
  CHECK(bound("input.a = 'x*'").filter.how == test::pattern);
  CHECK(bound("output.a != 1").filter.what == filter::kind::negation);
  CHECK(bound("input.a = 1", subject::tasks).why.find("there is no field")
        != std::string::npos);
}

TEST_CASE("text in a query is free text, and holds no further text") {
  auto out = bound("text = 'payment \"was declined\"'");
  REQUIRE(out.filter.parts.size() == 2);
  CHECK(out.filter.parts[1].words
        == std::vector<std::string>{"was", "declined"});
  std::string nested = "text = '";
  for (int i = 0; i < 2'000; ++i)
    nested += "text:";
  CHECK(bound(nested + "a'").why.find("there is no field 'text'")
        != std::string::npos);
}

TEST_CASE("a sort names fields and directions") {
  std::vector<std::string> warnings;
  binding how{subject::workflows, now, true};
  auto out = parse_sort("startTime:DESC|workflowId, status:ASC|foo:ASC", how,
                        warnings);
  REQUIRE(out);
  CHECK(*out
        == std::vector<sort_key>{{field::start_time, true},
                                 {field::workflow_id, false},
                                 {field::status, false}});
  CHECK(warnings.size() == 1);
  CHECK(!parse_sort("startTime:UP", how, warnings));
  how.lenient = false;
  CHECK(!parse_sort("foo", how, warnings));
}

TEST_CASE("words of a document are those of its keys and values") {
  auto of = [](const char* json, word_limits most = {}) {
    std::vector<std::string> out;
    auto all = add_words(out, *payload::parse(json), most);
    std::string text = all ? "" : "cut: ";
    for (auto& x : out)
      text += (text.empty() || text.back() == ' ' ? "" : " ") + x;
    return text;
  };
  CHECK(of(R"({"orderId":"A-17","n":[1.5,true,null],"t":"zwei W\u00f6rter"})")
        == "orderid a-17 n 1 5 true t zwei w\xC3\xB6rter");
  CHECK(of("{}") == "");
  CHECK(of(R"({"a":"b c d"})", {3, 4096, 64}) == "cut: a b c");
  CHECK(of(R"({"a":"bcdefgh"})", {256, 4096, 4}) == "a bcde");
  CHECK(of(R"({"a":"bc de"})", {256, 4, 64}) == "cut: a bc");
}
