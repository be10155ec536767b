#include "actors/engine/definition/compiled_definition.hpp"
#include "actors/engine/definition/pin_definitions.hpp"
#include "actors/engine/inputs/expression/pattern.hpp"
#include "actors/engine/inputs/inputs.hpp"
#include "actors/engine/inputs/members.hpp"
#include "actors/engine/tasks/kinds.hpp"
#include "messages/model/codec.hpp"
#include "messages/model/saturating.hpp"
#include "messages/model/validation.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <unordered_set>

namespace tutti::engine {

namespace fork_dynamic_detail {

using nlohmann::json;

/// The branches that the input describes, or why it cannot be read.
struct branches {
  struct branch {
    std::shared_ptr<workflow_task> task;
    payload input;
    bool has_input = false;
    std::optional<std::map<std::string, std::string>> task_to_domain;
  };
  std::vector<branch> list;
  std::string error;
};

/// What an item of `forkTaskInputs` gives to its branch.
json values_of(const json& item, int64_t number) {
  auto values = item.is_object() ? item : json{{"input", item}};
  values["__index"] = number;
  return values;
}

/// Shape 1: `forkTaskInputs`, one branch per item.
branches from_inputs(const decision_builder& t, const workflow_task& fork,
                     const json& input) {
  branches out;
  auto* workflow = json_member(input, "forkTaskWorkflow");
  auto* version = json_member(input, "forkTaskWorkflowVersion");
  auto* type = json_member(input, "forkTaskType");
  auto* name = json_member(input, "forkTaskName");
  auto type_text = workflow ? "SUB_WORKFLOW"
                   : type   ? to_plain_text(*type)
                            : std::string("SIMPLE");
  auto name_text = name ? to_plain_text(*name)
                   : is_system_type(type_text) && !workflow ? type_text
                   : workflow ? to_plain_text(*workflow)
                              : fork.reference_name;
  auto prefix = t.execution().has_dynamic_fork()
                    ? "_" + fork.reference_name + "_" + name_text + "_"
                    : "_" + name_text + "_";
  int64_t number = 0;
  auto& items = input.at("forkTaskInputs");
  out.list.reserve(items.size());
  for (auto& item : items) {
    // An item may also contain fields of a task.
    auto task = std::make_shared<workflow_task>();
    if (item.is_object())
      if (auto read = to_workflow_task(item))
        *task = std::move(*read);
    task->type = type_text;
    task->name = name_text;
    task->reference_name = prefix + std::to_string(number);
    task->input_parameters = payload();
    task->optional |= fork.optional;
    branches::branch branch;
    if (workflow) {
      sub_workflow_params params;
      params.name = to_plain_text(*workflow);
      if (version) {
        auto wanted = whole_number(*version);
        if (!wanted) {
          out.error = "forkTaskWorkflowVersion is not a number: "
                      + to_plain_text(*version);
          return out;
        }
        params.version = saturated<int32_t>(*wanted);
      }
      if (auto* domains = json_member(item, "taskToDomain");
          domains && domains->is_object()) {
        params.task_to_domain.emplace();
        for (auto& [key, value] : domains->items())
          if (value.is_string())
            (*params.task_to_domain)[key] = value.get<std::string>();
      }
      task->sub_workflow = std::move(params);
    }
    branch.task = std::move(task);
    branch.input = payload(values_of(item, number));
    branch.has_input = true;
    out.list.push_back(std::move(branch));
    ++number;
  }
  return out;
}

/// Shape 2: a list of tasks and a map of their inputs.
branches from_tasks(const workflow_task& fork, const json& input) {
  branches out;
  const std::string& param = fork.dynamic_fork_tasks_param;
  const std::string& inputs_param = fork.dynamic_fork_tasks_input_param_name;
  auto bad = [&](const std::string& why) {
    out.list.clear();
    out.error = "Input '" + param
                + "' is invalid. Cannot deserialize a list of Workflow Tasks "
                  "from '"
                + param + "': " + why;
    return out;
  };
  auto* tasks = json_member(input, param);
  if (!tasks || !tasks->is_array())
    return bad("it is not a list");
  auto* inputs = json_member(input, inputs_param);
  if (!inputs || !inputs->is_object()) {
    out.error = "Tasks could not be dynamically forked due to invalid input: '"
                + inputs_param + "' is not a map";
    return out;
  }
  for (auto& item : *tasks) {
    if (!item.is_object())
      return bad("an item is not an object");
    auto task = to_workflow_task(item);
    if (!task)
      return bad(task.failure().message);
    if (task->reference_name.empty())
      return bad("an item has no taskReferenceName");
    if (task->name.empty())
      task->name = task->type != "SIMPLE" ? task->type : task->reference_name;
    branches::branch branch;
    if (auto* values = json_member(*inputs, task->reference_name)) {
      if (!values->is_object()) {
        out.list.clear();
        out.error = "Tasks could not be dynamically forked due to invalid "
                    "input: the inputs of '"
                    + task->reference_name + "' are not a map";
        return out;
      }
      branch.input = payload(*values);
      branch.has_input = true;
    }
    branch.task = std::make_shared<workflow_task>(std::move(*task));
    out.list.push_back(std::move(branch));
  }
  return out;
}

/// Shape 3, the oldest: one object that contains the list.
branches from_join_tasks(const workflow_task& fork, const json& input) {
  branches out;
  const std::string& param = fork.dynamic_fork_join_tasks_param;
  auto* object = json_member(input, param);
  auto* list = object ? json_member(*object, "dynamicTasks") : nullptr;
  if (!list || !list->is_array()) {
    out.error
        = "Input '" + param + "' is invalid. It has no list of dynamicTasks";
    return out;
  }
  for (auto& item : *list) {
    auto text = [&](const char* key) {
      auto* value = json_member(item, key);
      return value ? to_plain_text(*value) : std::string();
    };
    auto task = std::make_shared<workflow_task>();
    task->name = text("taskName");
    task->reference_name = text("referenceName");
    if (auto type = text("type"); !type.empty())
      task->type = type;
    if (task->reference_name.empty() || task->name.empty()) {
      out.list.clear();
      out.error = "Input '" + param
                  + "' is invalid. A dynamic task has no taskName or no "
                    "referenceName";
      return out;
    }
    if (auto workflow = text("workflowName"); !workflow.empty()) {
      task->sub_workflow.emplace().name = workflow;
    }
    branches::branch branch;
    if (auto* values = json_member(item, "input");
        values && values->is_object()) {
      branch.input = payload(*values);
      branch.has_input = true;
    }
    branch.task = std::move(task);
    out.list.push_back(std::move(branch));
  }
  return out;
}

branches read(const decision_builder& t, const workflow_task& fork,
              const json& input) {
  if (auto* items = json_member(input, "forkTaskInputs");
      items && items->is_array())
    return from_inputs(t, fork, input);
  if (!fork.dynamic_fork_tasks_param.empty())
    return from_tasks(fork, input);
  return from_join_tasks(fork, input);
}

/// Lays the branch's input over its inputParameters. Both were resolved with
/// the fork's input, so they contain no expressions.
void give(placement& placed, payload input) {
  auto& task = *placed.task;
  bool nothing_below
      = task.input_parameters.is_empty_object()
        && (!task.definition
            || task.definition->input_template.is_empty_object());
  (nothing_below ? placed.input : placed.over) = std::move(input);
}

placement placement_of(branches::branch& branch, const position& at) {
  placement placed{branch.task, at, {}, {}, {}};
  if (branch.has_input)
    give(placed, std::move(branch.input));
  return placed;
}

/// What the fork's input passed to its branch of that number; null: nothing.
std::optional<json> given_to(const task& fork, const json& input, size_t number,
                             const std::string& branch) {
  auto& task = *fork.definition;
  auto item = [&](const json* list) {
    return list && list->is_array() && number < list->size() ? &(*list)[number]
                                                             : nullptr;
  };
  if (auto* items = json_member(input, "forkTaskInputs");
      items && items->is_array())
    return number < items->size()
               ? std::optional(values_of((*items)[number], int64_t(number)))
               : std::nullopt;
  const json* values = nullptr;
  if (!task.dynamic_fork_tasks_param.empty()) {
    auto* inputs = json_member(input, task.dynamic_fork_tasks_input_param_name);
    values = inputs ? json_member(*inputs, branch) : nullptr;
  } else if (auto* object
             = json_member(input, task.dynamic_fork_join_tasks_param)) {
    auto* own = item(json_member(*object, "dynamicTasks"));
    values = own ? json_member(*own, "input") : nullptr;
  }
  return values && values->is_object() ? std::optional(*values) : std::nullopt;
}

/// A SCOPE around the fork catches failures in its branches.
bool in_scope_body(const decision_builder& t, const workflow_task& fork,
                   const position& at) {
  auto& around = t.execution().definition_at(fork.reference_name, at.suffix);
  for (auto* location = around.location_of(fork.reference_name);
       location && location->parent;
       location = around.location_of(location->parent->reference_name))
    if (is_scope(*location->parent)
        && location->list == &location->parent->loop_over)
      return true;
  return false;
}

/// A branch that contains tasks must obey the rules for definitions.
std::string prepare_inside(const decision_builder& t, branches::branch& branch,
                           bool in_scope) {
  auto& task = *branch.task;
  auto refused = [&](const std::string& why) {
    return "Tasks could not be dynamically forked: '" + task.reference_name
           + "': " + why;
  };
  validation_settings rules;
  rules.rules_of = rules_of_type;
  rules.pattern_error = [](std::string_view text) {
    auto compiled = pattern::compile(text, "s");
    return compiled ? std::string() : compiled.failure().message;
  };
  rules.registered = [&](std::string_view name) {
    return t.context().definitions.find_task(name);
  };
  workflow_def alone;
  alone.name = shortened(t.head().definition->name, 100);
  alone.tasks = {task};
  if (is_fork(task)) {
    // A fork that is a branch has the JOIN of the fork around it.
    workflow_task join;
    join.type = join.name = "JOIN";
    join.reference_name = "the JOIN behind " + task.reference_name;
    alone.tasks.push_back(std::move(join));
  }
  if (in_scope) {
    workflow_task scope;
    scope.type = scope.name = scope.reference_name = "SCOPE";
    scope.loop_over = std::move(alone.tasks);
    alone.tasks = {std::move(scope)};
  }
  if (auto broken = validate(alone, task.reference_name, rules, {});
      !broken.empty())
    return refused(broken.front().message);
  if (auto ok = pin_inside(task, t.context().definitions); !ok)
    return refused(ok.failure().message);
  return {};
}

std::string misfit(const decision_builder& t, const workflow_task& fork,
                   const branches& wanted, const position& at) {
  auto limit = t.context().bounds.fork_branches_max;
  if (wanted.list.size() > limit)
    return "the fork asks for " + std::to_string(wanted.list.size())
           + " branches, more than the limit of " + std::to_string(limit);
  std::unordered_set<std::string> seen;
  std::string twice;
  auto& around = t.execution().definition_at(fork.reference_name, at.suffix);
  auto look_at = [&](const workflow_task& task, bool inner) {
    auto reference = reference_in(task.reference_name, at);
    // References in a branch must differ from all others in the definition,
    // also from those that have no row yet.
    if (!seen.insert(reference).second || t.execution().latest(reference)
        || (inner && around.location_of(task.reference_name)))
      twice = std::move(reference);
  };
  for (auto& branch : wanted.list) {
    look_at(*branch.task, false);
    for_each_list(*branch.task, [&](auto& list, auto&&) {
      for_each_task(list, [&](auto& inner) { look_at(inner, true); });
    });
    if (!twice.empty())
      return "Tasks could not be dynamically forked: the reference name '"
             + twice + "' exists already";
  }
  return {};
}

/// Branches from an input (reference:fork-join-dynamic).
class fork_dynamic final : public task_kind {
 public:
  fork_dynamic()
      : task_kind({.built_in = true,
                   .chooses_branches = true,
                   .brings_branches = true,
                   .ends_by_itself = true,
                   .body = body_kind::branches}) {}

  void schedule(decision_builder& t, const placement& where) const override {
    auto& fork = *where.task;
    auto fail = [&](std::string why) {
      t.end({workflow_status::failed, std::move(why), {}, {}});
    };
    auto* join = join_after(t, fork);
    if (!join)
      return fail("Dynamic join definition is not followed by a join task.  "
                  "Check the workflow definition: "
                  + fork.reference_name);
    auto row = t.new_row(where, "FORK");
    auto input = where.input ? *where.input
                             : resolve_input(t, fork, row.task_id, false);
    if (t.spent().steps.refused())
      return fail(t.spent().steps.sentence());
    auto wanted = read(t, fork, input.json());
    if (wanted.error.empty())
      wanted.error = misfit(t, fork, wanted, where.at);
    if (!wanted.error.empty())
      return fail(std::move(wanted.error));

    bool in_scope = in_scope_body(t, fork, where.at);
    std::vector<std::string> references;
    auto forked = json::array();
    std::string definitions = "[";
    for (auto& branch : wanted.list) {
      auto& task = *branch.task;
      if (!task.definition)
        task.definition = t.context().definitions.find_task(task.name);
      if (holds_tasks(task))
        if (auto why = prepare_inside(t, branch, in_scope); !why.empty())
          return fail(why);
      references.push_back(reference_in(task.reference_name, where.at));
      forked.push_back(references.back());
      if (definitions.size() > 1)
        definitions += ',';
      write_compact(definitions, task);
    }
    definitions += ']';

    auto number = row.seq;
    row.task_def_name = "FORK";
    row.status = task_status::completed;
    row.start_time = row.end_time = t.now();
    row.executed = !is_skipped(
        t, *join, where.at); // otherwise its successor is the JOIN's
    row.input = shown_input(input, forked.dump(), definitions);
    if (auto i = t.add(std::move(row)); !is_successful(t.row(i).status))
      return;
    for (auto& branch : wanted.list) {
      auto placed = placement_of(branch, where.at);
      placed.forked_by = number;
      t.schedule(placed);
      if (t.ended())
        return;
    }
    if (!is_skipped(t, *join, where.at)
        && !t.execution().latest(reference_in(join->reference_name, where.at)))
      t.schedule({t.execution()
                      .definition_at(join->reference_name, where.at.suffix)
                      .find(join->reference_name),
                  where.at,
                  {},
                  std::move(references),
                  {}});
  }

  // A branch may have any type.
  bool may_run_scripts(const workflow_task&) const override { return true; }

  void check_flow(const flow_check& c) const override { check_join_after(c); }

  void check(const task_check& c) const override {
    if (c.has_input("forkTaskInputs"))
      return;
    auto& x = c.task;
    bool has_tasks = !x.dynamic_fork_tasks_param.empty();
    bool has_inputs = !x.dynamic_fork_tasks_input_param_name.empty();
    if (!x.dynamic_fork_join_tasks_param.empty()) {
      if (has_tasks || has_inputs)
        c.broken("dynamicForkJoinTasksParam excludes dynamicForkTasksParam and "
                 "dynamicForkTasksInputParamName");
      return;
    }
    c.required(has_tasks, "dynamicForkTasksParam");
    c.required(has_inputs, "dynamicForkTasksInputParamName");
  }

 private:
  // The resolved input with two more members, spliced as text: a fork of 10,000
  // branches must not parse its own output.
  static payload shown_input(const payload& input, const std::string& forked,
                             const std::string& definitions) {
    auto& text = input.text();
    std::string out;
    out.reserve(text.size() + forked.size() + definitions.size() + 40);
    out += "{\"forkedTasks\":" + forked + ",\"forkedTaskDefs\":" + definitions;
    if (text.size() > 2) {
      out += ',';
      out.append(text, 1);
    } else {
      out += '}';
    }
    return payload::trusted(std::move(out));
  }
};

} // namespace fork_dynamic_detail

void give_again(const decision_builder& t, const task& branch,
                placement& where) {
  using namespace fork_dynamic_detail;
  auto* fork = t.execution().fork_of(branch);
  if (!fork)
    return;
  auto& input = fork->input.json();
  auto* forked = json_member(input, "forkedTasks");
  if (!forked || !forked->is_array())
    return;
  auto own = std::find(forked->begin(), forked->end(), branch.reference_name);
  if (own == forked->end())
    return;
  if (auto given
      = given_to(*fork, input, size_t(own - forked->begin()), base_of(branch)))
    give(where, payload(std::move(*given)));
}

const task_kind& dynamic_fork_kind() {
  static const fork_dynamic_detail::fork_dynamic kind;
  return kind;
}

} // namespace tutti::engine
