#include "actors/metadata/registered_workflow.hpp"

#include "messages/model/codec.hpp"

#include <doctest/doctest.h>

#include <thread>
#include <vector>

namespace tutti::registered_workflow_test {

workflow_def ship() {
  auto out = read_workflow_def(R"({"name":"ship","version":3,"createTime":5,
    "tasks":[{"name":"pack","taskReferenceName":"p","type":"SIMPLE",
              "inputParameters":{"x":"${workflow.input.x}"}}]})");
  REQUIRE(out);
  return std::move(*out);
}

std::string text_of(const workflow_def& x) {
  std::string out;
  write(out, x);
  return out;
}

TEST_CASE("a registered workflow is what was registered") {
  registered_workflow x(ship());
  CHECK(x.name() == "ship");
  CHECK(x.version() == 3);
  CHECK(x.create_time() == 5);
  CHECK(text_of(*x.look()) == text_of(ship()));
  CHECK(text_of(*x.get()) == text_of(ship()));
}

TEST_CASE("a registered workflow stays parsed once it runs, not before") {
  registered_workflow x(ship());
  auto seen = x.look();
  CHECK(seen.use_count() == 1);
  auto running = x.get();
  CHECK(running != seen);
  CHECK(x.get() == running);
  CHECK(x.look() == running);
}

// Says most under ThreadSanitizer.
TEST_CASE("threads that run a workflow at once get one definition") {
  registered_workflow x(ship());
  std::vector<workflow_def_pointer> got(4);
  std::vector<std::thread> all;
  for (auto& one : got)
    all.emplace_back([&] { one = x.get(); });
  for (auto& one : all)
    one.join();
  for (auto& one : got)
    CHECK(one == got[0]);
}

} // namespace tutti::registered_workflow_test
