#include "tools/tutti/testing/bench.hpp"

#include "actors/engine/dry_run/dry_run.hpp"
#include "actors/engine/inputs/expression/reference_check.hpp"
#include "actors/engine/task_traits.hpp"
#include "actors/evaluators/script_process.hpp"
#include "messages/model/codec.hpp"
#include "messages/model/validation.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>

namespace tutti::cli {

namespace bench_detail {

using nlohmann::json;

/// The definitions in the test file.
class file_definitions final : public definition_source {
 public:
  result<done> add_workflow(const json& given) {
    auto read = to_workflow_def(given);
    if (!read)
      return read.failure();
    auto definition = std::make_shared<const workflow_def>(std::move(*read));
    workflows_[definition->name][definition->version] = definition;
    return done{};
  }
  result<done> add_task(const json& given) {
    auto read = to_task_def(given);
    if (!read)
      return read.failure();
    auto definition = std::make_shared<const task_def>(std::move(*read));
    tasks_[definition->name] = definition;
    return done{};
  }

  workflow_def_pointer
  find_workflow(std::string_view name,
                std::optional<int32_t> version) const override {
    auto i = workflows_.find(name);
    if (i == workflows_.end())
      return nullptr;
    if (version.value_or(0) == 0)
      return i->second.rbegin()->second;
    auto one = i->second.find(*version);
    return one == i->second.end() ? nullptr : one->second;
  }
  task_def_pointer find_task(std::string_view name) const override {
    auto i = tasks_.find(name);
    return i == tasks_.end() ? nullptr : i->second;
  }

 private:
  std::map<std::string, std::map<int32_t, workflow_def_pointer>, std::less<>>
      workflows_;
  std::map<std::string, task_def_pointer, std::less<>> tasks_;
};

/// With the default names of the node's settings.
struct process_environment final : engine::environment {
  static std::optional<std::string> find(const std::string& name) {
    auto* value = std::getenv(name.c_str());
    return value ? std::optional<std::string>(value) : std::nullopt;
  }
  std::optional<std::string> system_name(std::string_view name) const override {
    return name == "NETFLIX_ENV" || name == "NETFLIX_STACK"
               ? find(std::string(name))
               : std::nullopt;
  }
  std::optional<std::string> variable(std::string_view name) const override {
    return find("CONDUCTOR_ENV_" + std::string(name));
  }
  std::optional<std::string> secret(std::string_view name) const override {
    return find("CONDUCTOR_SECRET_" + std::string(name));
  }
};

class local final : public test_bench {
 public:
  file_definitions definitions;

  result<json> run(const json& request) override {
    using std::chrono::steady_clock;
    auto read = read_workflow_test_request(to_text(request));
    if (!read)
      return read.failure();
    validation_settings rules;
    rules.rules_of = engine::rules_of_type;
    if (auto broken
        = tutti::validate(read->start, "workflow", rules, check_references());
        !broken.empty()) {
      std::string sentences;
      for (auto& x : broken)
        sentences += (sentences.empty() ? "" : "; ") + x.message;
      return failure{errc::invalid, std::move(sentences), {}};
    }
    auto until = steady_clock::now() + std::chrono::seconds(60);
    engine::dry_run::dry_run_bounds bounds;
    bounds.stop = [until]() -> std::optional<std::string> {
      if (steady_clock::now() > until)
        return "it took more than a minute";
      return std::nullopt;
    };
    auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
                   std::chrono::system_clock::now().time_since_epoch())
                   .count();
    auto ran = engine::dry_run::dry_run(
        *read, {definitions, environment_, scripts_}, {}, bounds, now, 1);
    if (!ran)
      return ran.failure();
    std::string text;
    engine::dry_run::write(text, *ran);
    return parse_json(text, 1000);
  }

 private:
  reference_check check_references() const {
    return engine::checks_references([this](std::string_view name) {
      return environment_.system_name(name).has_value();
    });
  }

  process_environment environment_;
  evaluators::script_process scripts_;
};

class on_node final : public test_bench {
 public:
  explicit on_node(client& api) : api_(api) {}
  result<json> run(const json& request) override {
    return api_.call_json("POST", api_path({"tutti", "workflow", "test"}),
                          to_text(request));
  }

 private:
  client& api_;
};

} // namespace bench_detail

result<std::unique_ptr<test_bench>> local_bench(const test_file& with) {
  auto out = std::make_unique<bench_detail::local>();
  auto named = [&](const failure& why) {
    return failure{errc::invalid, with.file + ": " + why.message};
  };
  auto& own = with.scenarios.front().request["workflowDef"];
  if (auto ok = out->definitions.add_workflow(own); !ok)
    return named(ok.failure());
  for (auto& x : with.workflows)
    if (auto ok = out->definitions.add_workflow(x); !ok)
      return named(ok.failure());
  for (auto& x : with.tasks)
    if (auto ok = out->definitions.add_task(x); !ok)
      return named(ok.failure());
  return std::unique_ptr<test_bench>(std::move(out));
}

std::unique_ptr<test_bench> node_bench(client& api) {
  return std::make_unique<bench_detail::on_node>(api);
}

} // namespace tutti::cli
