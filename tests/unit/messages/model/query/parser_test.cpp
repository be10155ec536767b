#include "messages/model/query/parser.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace tutti;
using namespace tutti::query;

namespace {

/// The tree in one line, for comparison.
std::string shown(const expression& x) {
  using kind = expression::kind;
  auto list = [&](const char* name) {
    std::string out = name;
    out += '(';
    for (auto& part : x.parts)
      out += (&part == x.parts.data() ? "" : " ") + shown(part);
    return out + ')';
  };
  switch (x.what) {
    case kind::everything:
      return "*";
    case kind::condition: {
      static const char* names[]
          = {"=", "!=", "<", "<=", ">", ">=", "in", "between", "^=", "null"};
      auto out = x.test.field + names[size_t(x.test.what)];
      for (auto& value : x.test.values)
        out += (&value == x.test.values.data() ? "" : ",") + value.text;
      return out;
    }
    case kind::text: {
      std::string out = "\"";
      for (auto& word : x.words)
        out += (&word == x.words.data() ? "" : " ") + word;
      return out + (x.prefix ? "\"*" : "\"");
    }
    case kind::all_of:
      return list("and");
    case kind::any_of:
      return list("or");
    case kind::negation:
      return list("not");
  }
  return "?";
}

std::string tree(std::string_view text, bool from_the_right = false) {
  rules by;
  by.groups_from_the_right = from_the_right;
  auto out = parse(text, by);
  return out ? shown(*out) : out.failure().message;
}

std::string words(std::string_view text) {
  auto out = parse_free_text(text);
  return out ? shown(*out) : out.failure().message;
}

} // namespace

TEST_CASE("queries of Conductor's clients are read as they mean them") {
  struct {
    const char *text, *meant;
  } cases[] = {
      {"", "*"},
      {"  ", "*"},
      {"workflowType IN (a,b) AND startTime>1700000000000",
       "and(workflowTypeina,b startTime>1700000000000)"},
      {"workflowId=\"id\"", "workflowId=id"},
      {"status IN (RUNNING, FAILED)", "statusinRUNNING,FAILED"},
      {"workflowType = 'x' AND status = 'RUNNING'",
       "and(workflowType=x status=RUNNING)"},
      {"parentWorkflowId=\"\"", "parentWorkflowId="},
      {"modifiedTime<5", "modifiedTime<5"},
      {"workflowType IN (my flow, 'b, c')", "workflowTypeinmy flow,b, c"},
      {"reasonForIncompletion IS null", "reasonForIncompletionnull"},
      {"reasonForIncompletion IS not null", "not(reasonForIncompletionnull)"},
      {"startTime BETWEEN 1 AND 2 AND status=FAILED",
       "and(startTimebetween1,2 status=FAILED)"},
      {"correlationId STARTS_WITH 'ab'", "correlationId^=ab"},
      {"correlationId=order-7:a.b", "correlationId=order-7:a.b"},
      {"workflowType=my*flow", "workflowType=my*flow"},
      {"status!=FAILED", "status!=FAILED"},
      {"status<>FAILED", "status!=FAILED"},
      {"createdBy='it\\'s'", "createdBy=it's"},
      {"createdBy=\"a\\\\b\"", "createdBy=a\\b"},
  };
  for (auto& x : cases) {
    CAPTURE(x.text);
    CHECK(tree(x.text, true) == x.meant);
    CHECK(tree(x.text, false) == x.meant);
  }
}

TEST_CASE("AND binds stronger than OR, unless Conductor's grouping is asked") {
  CHECK(tree("a=1 AND b=2 OR c=3") == "or(and(a=1 b=2) c=3)");
  CHECK(tree("a=1 AND b=2 OR c=3", true) == "and(a=1 or(b=2 c=3))");
  CHECK(tree("a=1 OR b=2 AND c=3") == "or(a=1 and(b=2 c=3))");
  CHECK(tree("a=1 OR b=2 AND c=3", true) == "or(a=1 and(b=2 c=3))");
  CHECK(tree("(a=1 OR b=2) AND c=3", true) == "and(or(a=1 b=2) c=3)");
  CHECK(tree("a=1 and b=2 or not c=3") == "or(and(a=1 b=2) not(c=3))");
  CHECK(tree("NOT (a=1 OR b=2)") == "not(or(a=1 b=2))");
  CHECK(tree("NOT NOT a=1") == "a=1");
  CHECK(tree("a NOT IN (1,2) AND b<=3 AND c>=4")
        == "and(not(ain1,2) b<=3 c>=4)");
}

TEST_CASE("a query that cannot be read is refused with the column") {
  struct {
    const char *text, *why;
  } cases[] = {
      {"status", "query, column 7: an operator is expected: =, !=, <, <=, >, "
                 ">=, IN, BETWEEN, STARTS_WITH or IS NULL"},
      {"status=", "query, column 8: a value is missing; an empty text is "
                  "written ''"},
      {"status='a", "query, column 8: the text that begins here has no closing "
                    "quote"},
      {"(a=1", "query, column 5: a ) is missing"},
      {"a=1)", "query, column 4: this ) closes nothing"},
      {"a=1 b=2",
       "query, column 5: AND or OR is missing between two conditions"},
      {"a IN 1", "query, column 6: IN is followed by values in parentheses: IN "
                 "(a, b)"},
      {"a IN ()", "query, column 7: a value is missing; an empty text is "
                  "written ''"},
      {"a IN (1", "query, column 8: a ) is missing behind the values of IN"},
      {"a BETWEEN 1", "query, column 12: BETWEEN has two values: BETWEEN a AND "
                      "b"},
      {"a IS 1", "query, column 6: IS NULL or IS NOT NULL is expected"},
      {"a=1 AND", "query, column 8: the query ends where a condition is "
                  "expected"},
      {"='x'", "query, column 1: the name of a field is expected"},
      {"a = =", "query, column 5: a value is missing; one that begins with = "
                "is written in quotes"},
      {"a === 1", "query, column 5: a value is missing; one that begins with = "
                  "is written in quotes"},
      {"a > >5", "query, column 5: a value is missing; one that begins with > "
                 "is written in quotes"},
      {"a IN (b, !c)", "query, column 10: a value is missing; one that begins "
                       "with ! is written in quotes"},
      {"a BETWEEN < AND 5", "query, column 11: a value is missing; one that "
                            "begins with < is written in quotes"},
      {"a NOT 1", "query, column 7: IN, BETWEEN or STARTS_WITH is expected "
                  "after NOT"},
  };
  for (auto& x : cases) {
    CAPTURE(x.text);
    CHECK(tree(x.text) == x.why);
    CHECK(tree(x.text, true) == x.why);
  }
}

TEST_CASE("length, depth and number of terms of a query are bounded") {
  rules by;
  by.limits = {100, 4, 5};
  auto refused = [&](const std::string& text, const char* setting) {
    auto out = parse(text, by);
    return !out && out.failure().code == errc::too_large
           && out.failure().message.find(setting) != std::string::npos;
  };
  CHECK(refused("a='" + std::string(100, 'x') + "'", "index.query_bytes_max"));
  CHECK(parse("((((a=1))))", by));
  CHECK(refused("(((((a=1)))))", "index.query_depth_max"));
  CHECK(parse("a IN (1,2,3,4)", by));
  CHECK(refused("a IN (1,2,3,4,5)", "index.query_terms_max"));
  CHECK(refused("a=1 OR a=1 OR a=1 OR a=1 OR a=1 OR a=1",
                "index.query_terms_max"));
  CHECK(refused("(a=1 OR (a=1 OR (a=1 OR ((a=1)))))", "index.query_depth_max"));
}

TEST_CASE("free text has words, phrases, beginnings, and fields") {
  struct {
    const char *text, *meant;
  } cases[] = {
      {"", "*"},
      {"*", "*"},
      {"Payment", "\"payment\""},
      {"payment declined", "and(\"payment\" \"declined\")"},
      {"\"payment declined\"", "\"payment declined\""},
      {"pay*", "\"pay\"*"},
      {"payment OR refund", "or(\"payment\" \"refund\")"},
      {"payment AND NOT refund", "and(\"payment\" not(\"refund\"))"},
      {"payment -refund", "and(\"payment\" not(\"refund\"))"},
      {"+payment", "\"payment\""},
      {"(a OR b) c", "and(or(\"a\" \"b\") \"c\")"},
      {"status:PAUSED", "status=PAUSED"},
      {"order-7/b.c", "\"order-7 b c\""},
      {"a b OR c d", "or(and(\"a\" \"b\") and(\"c\" \"d\"))"},
      {"workflowType:'my flow' x", "and(workflowType=my flow \"x\")"},
      {"\"\"", "query, column 1: there is no word to search for"},
      {"(a", "query, column 3: a ) is missing"},
      {"a)", "query, column 2: this ) closes nothing"},
      {"NOT", "query, column 4: a word is expected"},
      {"a OR", "query, column 5: a word is expected"},
  };
  for (auto& x : cases) {
    CAPTURE(x.text);
    CHECK(words(x.text) == x.meant);
  }
}

TEST_CASE("a quoted text is read back as it was") {
  for (auto* text : {"", "it's", "a\\b", "50 % of *", "\"x\"", "a) OR (b=1"}) {
    CAPTURE(text);
    auto out = parse("a=" + quoted(text));
    REQUIRE(out);
    REQUIRE(out->what == expression::kind::condition);
    CHECK(out->test.values.front().text == text);
    CHECK(out->test.values.front().stars.empty());
  }
}
