#include "tools/tutti/nouns/search.hpp"

#include "messages/model/query/parser.hpp"

#include <doctest/doctest.h>

using namespace tutti;
using namespace tutti::cli;

TEST_CASE("a time of the command line is a time of a query") {
  CHECK(time_of_query("1h") == "-1h");
  CHECK(time_of_query("1h30m") == "-1h30m");
  CHECK(time_of_query("-1h") == "-1h");
  CHECK(time_of_query("2026-03-01") == "2026-03-01");
  CHECK(time_of_query("1796180400000") == "1796180400000");
}

TEST_CASE("options become one query, whatever their values hold") {
  search_options x;
  CHECK(query_of(x) == "");
  CHECK(!x.any());
  x.query = "status=FAILED OR version>2";
  CHECK(x.any());
  CHECK(query_of(x) == "(status=FAILED OR version>2)");
  x.types = {"ship", "it's"};
  x.statuses = {"FAILED"};
  x.correlation_id = "a') OR (b='";
  x.since = "-1h";
  CHECK(query_of(x)
        == "(status=FAILED OR version>2) AND workflowType IN ('ship', 'it\\'s')"
           " AND status IN ('FAILED') AND correlationId = 'a\\') OR (b=\\''"
           " AND startTime >= '-1h'");
  auto parsed = query::parse(query_of(x));
  REQUIRE(parsed);
  CHECK(parsed->parts.size() == 5);
  x = {};
  x.of = "tasks";
  x.types = {"pack"};
  x.since = "2023-11-14";
  CHECK(query_of(x)
        == "taskType IN ('pack') AND scheduledTime >= '2023-11-14'");
}
