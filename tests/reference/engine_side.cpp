#include "tests/reference/engine_side.hpp"

#include "messages/model/codec.hpp"
#include "messages/model/validation.hpp"
#include "tests/support/pure_world.hpp"
#include "tests/support/state_picture.hpp"
#include "tests/support/stored_copies.hpp"

#include <map>
#include <stdexcept>

namespace tutti::reference {

struct engine_side::house final : definition_source,
                                  engine::domain_activity,
                                  engine::environment {
  house(uint64_t seed, engine::script_runner& scripts, int64_t now)
      : ids(seed), world({ids, *this, *this, *this, scripts}, bounds, now) {
    bounds.messages_enabled = true;
    world.on_decision = [this](const std::string& id, const auto& d) {
      ++decided[id];
      stored.add(id, d, world.now);
    };
    if (seed % 2 == 0)
      world.before_decision = [this](const std::string& id, auto& execution) {
        stored.read_again(id, execution);
      };
  }

  workflow_def_pointer
  find_workflow(std::string_view name,
                std::optional<int32_t> version) const override {
    auto it = workflows.find(std::string(name));
    if (it == workflows.end())
      return nullptr;
    if (version.value_or(0) == 0)
      return it->second.rbegin()->second;
    auto found = it->second.find(*version);
    return found == it->second.end() ? nullptr : found->second;
  }
  task_def_pointer find_task(std::string_view name) const override {
    auto it = tasks.find(std::string(name));
    return it == tasks.end() ? nullptr : it->second;
  }
  bool active(std::string_view, std::string_view) const override {
    return false;
  }
  std::optional<std::string> system_name(std::string_view) const override {
    return std::nullopt;
  }
  std::optional<std::string> variable(std::string_view) const override {
    return std::nullopt;
  }

  engine::dry_run::seeded_ids ids;
  engine::limits bounds;
  engine::dry_run::virtual_node world;
  test::stored_copies stored;
  std::map<std::string, uint64_t> decided;
  std::map<std::string, std::map<int32_t, workflow_def_pointer>> workflows;
  std::map<std::string, task_def_pointer> tasks;
};

engine_side::engine_side(uint64_t seed, engine::script_runner& scripts,
                         int64_t now)
    : inside(std::make_shared<house>(seed, scripts, now)),
      world(inside->world) {}

std::string engine_side::define_workflow(const json& def) {
  auto value = to_workflow_def(def);
  if (!value)
    return value.failure().message;
  auto name = value->name;
  auto version = value->version;
  inside->workflows[name][version]
      = std::make_shared<const workflow_def>(std::move(*value));
  return "";
}

std::string engine_side::define_task(const json& def) {
  auto value = to_task_def(def);
  if (!value)
    return value.failure().message;
  auto name = value->name;
  inside->tasks[name] = std::make_shared<const task_def>(std::move(*value));
  return "";
}

std::string engine_side::start(const std::string& name, const json& input) {
  start_workflow_request request;
  request.name = name;
  request.input = payload(input);
  auto id = world.start(request);
  return id ? *id : "";
}

const engine::state& engine_side::at(const std::string& id) const {
  auto* found = world.find(id);
  if (!found)
    throw std::runtime_error("the engine has no execution " + id);
  return *found;
}

uint64_t engine_side::decisions(const std::string& id) const {
  return inside->decided.at(id);
}

std::string engine_side::not_replayable() const {
  for (auto& id : world.executions()) {
    auto live = test::picture(at(id));
    auto replayed = test::picture(inside->stored.read(id));
    size_t i = 0;
    while (i < live.size() && i < replayed.size() && live[i] == replayed[i])
      ++i;
    if (i < live.size() || i < replayed.size())
      return id + " replayed from its events has\n  "
             + replayed.substr(i < 60 ? 0 : i - 60, 160) + "\nlive:\n  "
             + live.substr(i < 60 ? 0 : i - 60, 160);
  }
  return "";
}

} // namespace tutti::reference
