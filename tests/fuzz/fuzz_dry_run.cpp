// Dry runs of requests that registration would let pass: the same one gives the
// same report, and none goes beyond its bounds. Scripts are played by JSON.

#include "actors/engine/definition/schema/contract.hpp"
#include "actors/engine/dry_run/dry_run.hpp"
#include "actors/engine/inputs/expression/json_path.hpp"
#include "actors/engine/inputs/expression/reference_check.hpp"
#include "actors/engine/task_traits.hpp"
#include "messages/model/validation.hpp"
#include "tests/fuzz/expect.hpp"
#include "tests/fuzz/json_mutator.hpp"

#include <nlohmann/json.hpp>

namespace tutti::fuzz {

namespace dry_run_detail {

using namespace engine::dry_run;

constexpr int64_t began = 1'700'000'000'000;

/// A script that is JSON is its value, and one that is a path reads its input.
/// Any other fails.
struct json_scripts final : engine::script_runner {
  engine::script_result run(const engine::script_call& call) override {
    engine::script_result out;
    if (auto value = parse_json(call.source)) {
      out.value = payload(std::move(*value));
      return out;
    }
    auto path = engine::json_path::compile(call.source);
    auto input = parse_json(call.input);
    auto found = path && input ? path->evaluate(*input) : std::nullopt;
    if (found) {
      out.value = payload(std::move(*found));
    } else {
      out.what = engine::script_result::kind::error;
      out.error = "no such script";
    }
    return out;
  }
};

/// Knows the workflow itself, which may so start itself again, and a task.
struct house final : definition_source, engine::environment {
  workflow_def_pointer workflow;
  task_def_pointer task;

  workflow_def_pointer find_workflow(std::string_view name,
                                     std::optional<int32_t>) const override {
    return workflow && workflow->name == name ? workflow : nullptr;
  }
  task_def_pointer find_task(std::string_view name) const override {
    return task && name == "t1" ? task : nullptr;
  }
  std::optional<std::string> system_name(std::string_view) const override {
    return std::nullopt;
  }
  std::optional<std::string> variable(std::string_view) const override {
    return std::nullopt;
  }
};

bool passes(const workflow_test_request& x) {
  validation_settings rules;
  rules.rules_of = engine::rules_of_type;
  rules.schema_check = engine::unusable;
  static const auto references
      = engine::checks_references([](std::string_view) { return true; });
  return validate(x.start, "start", rules, references).empty();
}

engine::limits small_limits() {
  engine::limits out;
  out.tasks_max = 400;
  out.fork_branches_max = 100;
  out.workflow_input_bytes_max = out.workflow_output_bytes_max = 64 << 10;
  out.task_input_bytes_max = out.task_output_bytes_max = 64 << 10;
  out.execution_bytes_max = 1 << 20;
  out.history_bytes_max = 8 << 20;
  out.commit_bytes_max = 2 << 20;
  out.document_bytes_max = 1 << 20;
  out.decision_steps_max = 200'000;
  out.expression_steps_max = out.schema_steps_max = 100'000;
  out.part_steps = 50'000;
  return out;
}

dry_run_bounds small_bounds() {
  dry_run_bounds out;
  out.rows_max = 400;
  out.decisions_max = 600;
  out.executions_max = 12;
  out.bytes_max = 1 << 20;
  out.timeline_max = 100;
  return out;
}

std::string report_of(const workflow_test_request& request) {
  house in;
  in.workflow = request.start.definition;
  in.task = std::make_shared<const task_def>();
  json_scripts scripts;
  auto bounds = small_bounds();
  size_t decisions = 0;
  bounds.stop = [&]() -> std::optional<std::string> {
    ++decisions;
    return std::nullopt;
  };
  auto ran
      = dry_run(request, {in, in, scripts}, small_limits(), bounds, began, 1);
  expect(decisions <= bounds.decisions_max + 1, "decisions have a bound");
  if (!ran) {
    expect(!ran.failure().message.empty(), "a refusal says why");
    return ran.failure().message;
  }
  expect(ran->took_ms >= 0 && ran->took_ms <= bounds.virtual_ms_max,
         "its own time has a bound");
  expect(bool(payload::parse(ran->execution)), "an execution is JSON");
  std::string out;
  write(out, *ran);
  expect(bool(payload::parse(out)), "a report is JSON");
  return out;
}

} // namespace dry_run_detail

} // namespace tutti::fuzz

TUTTI_FUZZES_JSON()

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tutti::fuzz;
  using namespace tutti::fuzz::dry_run_detail;
  auto request = tutti::read_workflow_test_request(as_text(data, size));
  if (!request || !request->start.definition || !passes(*request))
    return 0;
  auto one = report_of(*request);
  expect_equal(one, report_of(*request), "a dry run is the same again");
  return 0;
}
