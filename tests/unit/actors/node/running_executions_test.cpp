#include "actors/node/running_executions.hpp"

#include <doctest/doctest.h>

#include <optional>

namespace tutti::running_executions_tests {

using namespace std::chrono_literals;

struct owned final : definition_source {
  workflow_def_pointer find_workflow(std::string_view name,
                                     std::optional<int32_t>) const override {
    if (name != "mine")
      return nullptr;
    auto x = std::make_shared<workflow_def>();
    x->trail.owner_app = "app";
    return x;
  }
  task_def_pointer find_task(std::string_view) const override {
    return nullptr;
  }
};

struct monitor {
  std::vector<envelope<search_index>> asked;
  running_executions it{
      {[this](envelope<search_index> x) { asked.push_back(std::move(x)); },
       [] { return std::make_shared<const owned>(); }}};

  size_t shown() const { return it.metrics().at(0).samples.size(); }
};

const running_executions::instant begin(1h);

TEST_CASE("the index is asked once a minute what runs, and its last answer "
          "stands") {
  monitor x;
  CHECK(x.shown() == 0);
  x.it.look(begin);
  x.it.look(begin + 59s);
  REQUIRE(x.asked.size() == 1);
  CHECK(x.asked[0].request.facets == std::vector<std::string>{"workflowType"});
  search_result found;
  found.facets = {{"workflowType", "mine", 3}, {"workflowType", "gone", 1}};
  x.asked[0].done(found);
  auto shown = x.it.metrics().at(0);
  CHECK(shown.name == "workflow_running");
  REQUIRE(shown.samples.size() == 2);
  CHECK(shown.samples[0].value == 3);
  CHECK(shown.samples[0].labels
        == std::map<std::string, std::string>{{"workflowName", "mine"},
                                              {"ownerApp", "app"}});
  CHECK(shown.samples[1].labels.at("ownerApp") == "unknown");
  x.it.look(begin + 60s);
  REQUIRE(x.asked.size() == 2);
  x.asked[1].done(failure{errc::unavailable, "the index is being built"});
  CHECK(x.shown() == 2);
  x.it.look(begin + 120s);
  x.asked[2].done(search_result{});
  CHECK(x.shown() == 0);
}

} // namespace tutti::running_executions_tests
