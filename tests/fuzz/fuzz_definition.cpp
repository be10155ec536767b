// Definitions of workflows and tasks: what is read, written and read again is
// the same, in both forms; the rules of registration answer whatever it is; and
// what they let pass compiles.

#include "actors/engine/definition/compiled_definition.hpp"
#include "actors/engine/definition/schema/contract.hpp"
#include "actors/engine/inputs/expression/pattern.hpp"
#include "actors/engine/inputs/expression/reference_check.hpp"
#include "actors/engine/task_traits.hpp"
#include "messages/model/codec.hpp"
#include "messages/model/validation.hpp"
#include "tests/fuzz/expect.hpp"
#include "tests/fuzz/json_mutator.hpp"

namespace tutti::fuzz {

namespace definition_detail {

validation_settings settings() {
  validation_settings out;
  out.rules_of = engine::rules_of_type;
  out.name_validation = true;
  out.pattern_error = [](std::string_view text) {
    auto read = engine::pattern::compile(text, "");
    return read ? std::string() : read.failure().message;
  };
  out.schema_check = engine::unusable;
  return out;
}

std::string picture(const std::vector<violation>& list) {
  std::string out;
  for (auto& x : list) {
    expect(!x.message.empty(), "a broken rule is said");
    out += x.path + ": " + x.message + "\n";
  }
  return out;
}

std::string rules_broken_by(const workflow_def& x) {
  static const auto rules = settings();
  static const auto references = engine::checks_references(
      [](std::string_view name) { return name.starts_with("SYS"); });
  return picture(validate(x, "workflow", rules, references));
}
std::string rules_broken_by(const task_def& x) {
  static const auto rules = settings();
  return picture(validate(x, "task", rules));
}

template <class T>
std::string written(const T& x) {
  std::string out;
  write(out, x);
  return out;
}

template <class T>
std::string check_round_trip(const T& x,
                             result<T> (*read)(std::string_view, violations*)) {
  auto text = written(x);
  expect(bool(payload::parse(text)), "what is written is JSON");
  violations unknown;
  auto again = read(text, &unknown);
  expect(bool(again), again ? "" : again.failure().message);
  expect(unknown.count() == 0, "every field that is written is known");
  expect_equal(text, written(*again), "it is the same, written and read again");
  auto broken = rules_broken_by(x);
  expect_equal(broken, rules_broken_by(*again), "and breaks the same rules");
  return broken;
}

void check(const workflow_def& x) {
  auto broken = check_round_trip(x, read_workflow_def);
  std::string compact;
  write_compact(compact, x);
  auto stored = read_workflow_def(compact);
  expect(bool(stored), stored ? "" : stored.failure().message);
  expect_equal(written(x), written(*stored), "the stored form says the same");
  if (!broken.empty())
    return;
  auto pointer = std::make_shared<const workflow_def>(x);
  engine::compiled_definition compiled(pointer);
  for_each_task(pointer->tasks, [&](const workflow_task& task) {
    auto* found = compiled.location_of(task.reference_name);
    expect(found && found->task == &task, "a task is found by its reference");
    expect(compiled.inputs_of(task, true) != nullptr, "and has inputs");
  });
}

} // namespace definition_detail

} // namespace tutti::fuzz

TUTTI_FUZZES_JSON()

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tutti;
  using namespace tutti::fuzz;
  using namespace tutti::fuzz::definition_detail;
  auto text = as_text(data, size);
  violations unknown;
  if (auto read = read_workflow_def(text, &unknown))
    check(*read);
  else
    expect(!read.failure().message.empty(), "a refusal says why");
  if (auto read = read_task_def(text, &unknown))
    check_round_trip(*read, read_task_def);
  for (auto& x : std::move(unknown).take())
    expect(!x.message.empty(), "a warning says why");
  return 0;
}
