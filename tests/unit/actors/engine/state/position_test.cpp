#include "actors/engine/definition/compiled_definition.hpp"
#include "actors/engine/state/position.hpp"

#include <doctest/doctest.h>

using namespace tutti;
using namespace tutti::engine;

namespace positions {

task row(std::string base, std::string reference) {
  auto definition = std::make_shared<workflow_task>();
  definition->reference_name = std::move(base);
  task out;
  out.reference_name = std::move(reference);
  out.definition = std::move(definition);
  out.parent_task_id = "loop";
  return out;
}

} // namespace positions

TEST_CASE("a row's position is read from the suffix of its reference") {
  using positions::row;
  CHECK(position_of(row("a", "a")).suffix == "");
  CHECK(position_of(row("a", "a")).iteration == 0);
  // A compensation task belongs to its scope, with a suffix or without.
  CHECK(position_of(row("a", "a")).loop == "loop");

  auto nested = position_of(row("a", "a__2__13"));
  CHECK(nested.suffix == "__2__13");
  CHECK(nested.iteration == 13);
  CHECK(nested.loop == "loop");
  CHECK(reference_in("b", nested) == "b__2__13");

  // References that look like iterations are taken as they are.
  CHECK(position_of(row("a__2", "a__2")).iteration == 0);
  CHECK(position_of(row("a__2", "a__2__3")).suffix == "__3");
}

TEST_CASE("the body of a loop in a loop carries both iterations") {
  auto loop = positions::row("l", "l__2");
  loop.task_id = "l2";
  auto at = inside(loop, 7);
  CHECK(at.suffix == "__2__7");
  CHECK(at.iteration == 7);
  CHECK(at.loop == "l2");
}

TEST_CASE("a definition finds a reference behind any number of suffixes") {
  auto def = std::make_shared<workflow_def>();
  for (auto name : {"a", "b__2", "c"}) {
    workflow_task task;
    task.name = task.reference_name = name;
    def->tasks.push_back(task);
  }
  compiled_definition compiled(def);
  auto found = [&](auto row) {
    auto* location = compiled.location_of_row(row);
    return location ? location->task->reference_name : "nothing";
  };
  CHECK(found("a__2__1") == "a");
  CHECK(compiled.find("b__2")->reference_name == "b__2");
  CHECK(found("b__2__1") == "b__2");
  CHECK(found("b") == "nothing");
  CHECK(found("b__1") == "nothing");
  CHECK(compiled.find("a__1") == nullptr);
  CHECK(compiled.successor("a")->reference_name == "b__2");
}
