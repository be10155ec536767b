#include "actors/retention/retention_rules.hpp"

#include "messages/model/query/parser.hpp"
#include "messages/model/retention/retention_policy.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace retention_rules_test {

using namespace tutti;

constexpr int64_t day = 86'400'000;

definition_snapshot_pointer
snapshot(std::vector<std::pair<std::string, std::string>> definitions) {
  auto out = std::make_shared<const definition_snapshot>();
  for (auto& [name, policy] : definitions) {
    workflow_def def;
    def.name = name;
    if (!policy.empty())
      def.metadata = *payload::parse(R"({"retention":)" + policy + "}");
    out = out->with(std::make_shared<const workflow_def>(std::move(def)));
  }
  return out;
}

TEST_CASE("without ages nothing is removed") {
  CHECK(retention_rules(*snapshot({{"a", {}}}), {}, true).empty());
}

TEST_CASE("a definition's policy comes before the default, which fills what it "
          "leaves out") {
  std::string own = R"({"completed":"7d","failed":"never","archive":false})";
  retention_ages by;
  by.completed = 30 * day;
  by.failed = 90 * day;
  by.terminated = 10 * day;
  auto rules = retention_rules(*snapshot({{"a", own}, {"b", {}}}), by, true);
  REQUIRE(rules.size() == 5);
  CHECK(rules[0].name == "a");
  CHECK(rules[0].status == workflow_status::completed);
  CHECK(rules[0].age_ms == 7 * day);
  CHECK_FALSE(rules[0].archive);
  CHECK(rules[1].status == workflow_status::terminated);
  CHECK(rules[1].age_ms == 10 * day);
  CHECK(rules[2].name.empty());
  CHECK(rules[2].age_ms == 30 * day);
  CHECK(rules[2].archive);
  CHECK(rules[2].others == std::vector<std::string>{"a"});
  CHECK(rules[0].query(100 * day)
        == "workflowType = 'a' AND status = COMPLETED AND endTime < "
               + std::to_string(93 * day));
  CHECK(rules[2].query(100 * day)
        == "status = COMPLETED AND endTime < " + std::to_string(70 * day)
               + " AND NOT workflowType IN ('a')");
}

TEST_CASE("more definitions with policies than a query may name are asked for "
          "one by one") {
  std::vector<std::pair<std::string, std::string>> all;
  std::string own = R"({"completed":"1d"})";
  for (int i = 0; i < 201; ++i)
    all.emplace_back("own" + std::to_string(i), own);
  all.emplace_back("plain", "");
  retention_ages by;
  by.completed = day;
  auto rules = retention_rules(*snapshot(all), by, true);
  CHECK(rules.size() == 202);
  CHECK(std::ranges::none_of(rules, [](auto& x) { return x.name.empty(); }));
}

TEST_CASE("every rule's query can be read") {
  std::string own = R"({"completed":"1d"})";
  retention_ages by;
  by.failed = day;
  for (auto& x :
       retention_rules(*snapshot({{"it's \"odd\"\\", own}}), by, true)) {
    auto read = query::parse(x.query(day));
    CHECK_MESSAGE(read, x.query(day));
  }
}

TEST_CASE("ages are durations, or never; what makes no sense is refused") {
  auto read = [](const std::string& text) {
    return read_retention_policy(
        *payload::parse(R"({"retention":)" + text + "}"));
  };
  CHECK((*read(R"({"completed":"1d12h"})"))->completed->ms == day + day / 2);
  CHECK_FALSE((*read(R"({"timedOut":"never"})"))->timed_out->ms);
  CHECK_FALSE((*read("{}"))->terminated);
  CHECK_FALSE(*read_retention_policy(payload()));
  for (auto x : {R"({"completed":"0d"})", R"({"completed":"soon"})",
                 R"({"completed":30})", R"({"running":"1d"})",
                 R"({"archive":"yes"})", "[]", "7"})
    CHECK_MESSAGE(!read(x), x);
}

} // namespace retention_rules_test
