#include "tests/support/pure_world.hpp"

#include "messages/model/codec.hpp"
#include "messages/model/ids.hpp"
#include "tests/support/state_picture.hpp"
#include "tests/support/stored_copies.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <stdexcept>

namespace tutti::test {

namespace pure_world_detail {

template <class T>
T must(result<T> x) {
  if (!x)
    throw std::runtime_error(x.failure().message);
  return std::move(*x);
}

std::string_view outbox_message_of(task_status status) {
  switch (status) {
    case task_status::scheduled:
      return "S";
    case task_status::in_progress:
      return "IP";
    case task_status::completed:
      return "C";
    case task_status::failed:
      return "F";
    case task_status::failed_with_terminal_error:
      return "FT";
    case task_status::canceled:
      return "X";
    case task_status::timed_out:
      return "TO";
    case task_status::completed_with_errors:
      return "CE";
    case task_status::skipped:
      return "SK";
  }
  return "?";
}

} // namespace pure_world_detail

using pure_world_detail::must;

/// The virtual node and its ports.
struct pure_world::house final : engine::id_source,
                                 definition_source,
                                 engine::domain_activity,
                                 engine::environment {
  explicit house(engine::script_runner& scripts)
      : world({*this, *this, *this, *this, scripts}, bounds,
              1'700'000'000'000) {
    world.on_decision = [this](const std::string& id, const auto& d) {
      stored.add(id, d, world.now);
      if (on_part)
        on_part(id, d);
    };
    // CMakeLists.txt runs every test both ways.
    if (std::getenv("TUTTI_READ_AGAIN"))
      world.before_decision = [this](const std::string& id, auto& execution) {
        stored.read_again(id, execution);
      };
  }

  std::string workflow_id() override {
    ++counter;
    return make_workflow_id(counter * 0x9e3779b97f4a7c15ull, counter);
  }

  std::string task_id(std::string_view workflow_id) override {
    return make_task_id(workflow_id, ++counter);
  }

  uint64_t random(uint64_t below) override { return ++counter % below; }

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

  bool active(std::string_view type, std::string_view domain) const override {
    auto it = active_domains.find(std::string(type));
    return it != active_domains.end() && it->second == domain;
  }

  std::optional<std::string> system_name(std::string_view) const override {
    return std::nullopt;
  }

  std::optional<std::string> secret(std::string_view name) const override {
    return "value of " + std::string(name);
  }

  std::optional<std::string> variable(std::string_view name) const override {
    return name == "REGION" ? std::optional<std::string>("eu") : std::nullopt;
  }

  engine::limits bounds;
  engine::dry_run::virtual_node world;
  stored_copies stored;
  std::map<std::string, std::map<int32_t, workflow_def_pointer>> workflows;
  std::map<std::string, task_def_pointer> tasks;
  std::map<std::string, std::string> active_domains;
  uint64_t counter = 0;
  std::function<void(const std::string&, const engine::decision&)> on_part;
};

pure_world::pure_world(engine::script_runner& scripts)
    : house_(std::make_unique<house>(scripts)), now(house_->world.now),
      active_domains(house_->active_domains), bounds(house_->bounds),
      on_part(house_->on_part) {}
pure_world::~pure_world() = default;
pure_world::pure_world(pure_world&&) noexcept = default;

engine::dry_run::virtual_node& pure_world::world() const {
  return house_->world;
}
size_t pure_world::executions() const { return world().executions().size(); }

void pure_world::define(std::string_view text) {
  // In its stored form: members in order.
  auto def = must(to_workflow_def(must(parse_json(text, 1000))));
  auto name = def.name;
  auto version = def.version;
  house_->workflows[name][version]
      = std::make_shared<const workflow_def>(std::move(def));
}

void pure_world::define_task(std::string name, std::string_view changes) {
  nlohmann::json def = {{"name", name},
                        {"retryCount", 0},
                        {"retryDelaySeconds", 0},
                        {"timeoutSeconds", 120},
                        {"responseTimeoutSeconds", 120},
                        {"timeoutPolicy", "TIME_OUT_WF"}};
  auto more = must(parse_json(changes));
  def.update(more);
  auto value = must(to_task_def(def));
  house_->tasks[name] = std::make_shared<const task_def>(std::move(value));
}

result<std::string> pure_world::try_start(start_workflow_request request) {
  return world().start(request);
}

void pure_world::define_tasks(std::initializer_list<const char*> names) {
  for (auto* name : names)
    define_task(name);
}

std::string pure_world::start(std::string_view name, std::string_view input) {
  start_workflow_request request;
  request.name = name;
  request.input = must(payload::parse(input));
  return must(try_start(std::move(request)));
}

engine::decision pure_world::tell(const std::string& id,
                                  workflow_command what) {
  return world().tell(id, what);
}

std::string pure_world::poll(const std::string& queue) {
  return world().poll(queue, "worker");
}

void pure_world::answer(const std::string& queue, task_result result) {
  result.task_id = poll(queue);
  if (result.task_id.empty())
    throw std::runtime_error("nothing waits in " + queue);
  result.workflow_id = world().owner_of(result.task_id)->head().workflow_id;
  auto id = result.workflow_id;
  tell(id, command::update_task{std::move(result)});
}

void pure_world::done(const std::string& queue, std::string_view output) {
  task_result result;
  result.status = task_status::completed;
  result.output = must(payload::parse(output));
  answer(queue, std::move(result));
}

void pure_world::fail(const std::string& queue, std::string_view reason,
                      task_status status) {
  task_result result;
  result.status = status;
  result.reason = reason;
  answer(queue, std::move(result));
}

void pure_world::update(const std::string& id, std::string_view reference,
                        task_status status, std::string_view output,
                        std::string_view reason) {
  task_result result;
  result.task_id = row(id, reference).task_id;
  result.workflow_id = id;
  result.status = status;
  result.output = must(payload::parse(output));
  result.reason = reason;
  tell(id, command::update_task{std::move(result)});
}

engine::decision pure_world::rerun(const std::string& id,
                                   std::string_view reference,
                                   std::optional<payload> input) {
  command::rerun what;
  what.request.from_task_id = row(id, reference).task_id;
  what.request.task_input = std::move(input);
  return tell(id, what);
}

void pure_world::advance(int64_t ms) {
  auto until = now + ms;
  while (true) {
    auto next = world().next_deadline();
    auto who = world().next_to_fire();
    if (!world().fire_next(until))
      break;
    if (at(who).next_deadline() == next)
      throw std::runtime_error("a deadline fired and stayed");
  }
  now = until;
}

const engine::state& pure_world::at(const std::string& id) const {
  auto* found = world().find(id);
  if (!found)
    throw std::out_of_range("no execution " + id);
  return *found;
}

const task& pure_world::row(const std::string& id,
                            std::string_view reference) const {
  auto* found = at(id).latest(reference);
  if (!found)
    throw std::runtime_error("no row " + std::string(reference));
  return *found;
}

std::string pure_world::status(const std::string& id) const {
  return std::string(to_text(at(id).head().status));
}

std::string pure_world::rows(const std::string& id, bool types) const {
  std::string out;
  for (auto* row : at(id).rows_in_order()) {
    if (!out.empty())
      out += ' ';
    bool system = row->task_type == "FORK" || row->task_type == "JOIN"
                  || row->task_type == "SWITCH" || row->task_type == "DECISION"
                  || row->task_type == "SUB_WORKFLOW"
                  || row->task_type == "WAIT";
    out += system && types ? row->task_type : row->reference_name;
    out += ':';
    out += pure_world_detail::outbox_message_of(row->status);
  }
  return out;
}

std::string pure_world::child(const std::string& id,
                              std::string_view reference) const {
  return row(id, reference).sub_workflow_id;
}

size_t pure_world::waiting(const std::string& queue) const {
  return world().waiting().size(queue);
}

bool pure_world::replay_is_live() const {
  for (auto& id : world().executions()) {
    auto live = picture(at(id)), read = picture(house_->stored.read(id));
    if (live == read)
      continue;
    auto [a, b] = std::ranges::mismatch(live, read);
    auto around = [](const std::string& text, auto at) {
      auto from = std::max<ptrdiff_t>(0, at - text.begin() - 80);
      return text.substr(size_t(from), 160);
    };
    std::cerr << id << " lives as\n  " << around(live, a)
              << "\nand is stored as\n  " << around(read, b) << '\n';
    return false;
  }
  return true;
}

std::map<std::string, payload>
pure_world::messages(const std::string& queue) const {
  auto it = world().published().find(queue);
  return it == world().published().end() ? std::map<std::string, payload>{}
                                         : it->second;
}

} // namespace tutti::test
