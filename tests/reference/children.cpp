#include "tests/reference/expressions.hpp"
#include "tests/reference/model.hpp"

namespace tutti::reference {

void model::define_workflow(json def) {
  auto name = text_at(def, "name");
  auto version = int(number_at(def, "version", 1));
  workflows_[name][version] = std::move(def);
}

void model::define_task(json def) {
  auto name = text_at(def, "name");
  tasks_[name] = std::move(def);
}

execution* model::find(const std::string& id) const {
  for (auto& w : executions)
    if (w->id == id)
      return w.get();
  return nullptr;
}

std::optional<json> model::find_definition(const json& name,
                                           const json& version) {
  if (!name.is_string())
    return std::nullopt;
  auto it = workflows_.find(name.get<std::string>());
  if (it == workflows_.end())
    return std::nullopt;
  if (!version.is_number() || version.get<int>() == 0)
    return it->second.rbegin()->second;
  auto found = it->second.find(version.get<int>());
  return found == it->second.end() ? std::nullopt
                                   : std::optional<json>(found->second);
}

/// reference:task-definition#without-a-definition; a sentence when it cannot be
/// done.
std::optional<std::string> model::pin_definitions(json& tasks) {
  std::optional<std::string> trouble;
  for (auto& task : tasks) {
    auto type = text_at(task, "type", "SIMPLE");
    auto it = tasks_.find(text_at(task, "name"));
    if (!task.contains("taskDefinition") && type != "DYNAMIC") {
      if (it != tasks_.end())
        task["taskDefinition"] = it->second;
      else if (type == "SIMPLE")
        task["taskDefinition"] = {{"retryCount", 3},
                                  {"retryDelaySeconds", 60},
                                  {"responseTimeoutSeconds", 3600}};
      else
        task["taskDefinition"] = {{"retryCount", 0}};
    }
    if (task.contains("subWorkflowParam")) {
      auto& param = task["subWorkflowParam"];
      if (!param.contains("workflowDefinition")
          && at(param, "version").is_null()) {
        auto def = find_definition(at(param, "name"), {});
        if (!def)
          return "*";
        param["version"] = number_at(*def, "version", 1);
      }
    }
    each_list(task, [&](auto& inner) {
      if (auto why = pin_definitions(inner))
        trouble = why;
    });
  }
  return trouble;
}

std::string model::create(json def, json input, const std::string& correlation,
                          const std::string& parent, const std::string& task) {
  auto w = std::make_shared<execution>();
  w->id = "workflow-" + std::to_string(executions.size() + 1);
  auto& given = at(def, "inputTemplate");
  if (given.is_object())
    for (auto& [key, value] : given.items())
      if (!input.contains(key))
        input[key] = value;
  if (at(def, "variables").is_object())
    w->variables = at(def, "variables");
  w->def = std::move(def);
  w->input = std::move(input);
  w->correlation = correlation;
  w->parent = parent;
  w->parent_task = task;
  w->created = now;
  executions.push_back(w);
  return w->id;
}

/// The id, or "": refused.
std::string model::start(const std::string& name, json input) {
  auto def = find_definition(name, {});
  if (!def || pin_definitions((*def)["tasks"]))
    return "";
  auto id = create(*def, std::move(input), "", "", "");
  decide(*find(id));
  deliver();
  return id;
}

/// reference:start-workflow, reference:sub-workflow, when the message arrives;
/// its answer is a message, too.
void model::start_child(const std::string& parent, const std::string& task) {
  auto* w = find(parent);
  auto* t = w->by_id(task);
  if (!t || t->start_taken_back)
    return;
  auto answer = [&](std::function<void(execution&, row&)> how) {
    post([this, parent, task, how] {
      auto* from = find(parent);
      auto* x = from->by_id(task);
      if (x && is_open(*x)) {
        x->updated = now;
        how(*from, *x);
        decide(*from);
      }
    });
  };
  bool child = t->type == "SUB_WORKFLOW";
  auto request = at(t->input, "startWorkflow");
  std::optional<json> def;
  if (!child)
    def = find_definition(at(request, "name"), at(request, "version"));
  else if (at(t->input, "subWorkflowDefinition").is_object())
    def = at(t->input, "subWorkflowDefinition");
  else
    def = find_definition(at(t->input, "subWorkflowName"),
                          at(t->input, "subWorkflowVersion"));
  if (!def || pin_definitions((*def)["tasks"])) {
    t->child = "";
    return answer([this](auto&, row& x) { finish(x, "FAILED", "*"); });
  }
  auto input = child ? at(t->input, "workflowInput") : at(request, "input");
  if (child && (!input.is_object() || input.empty()))
    input = t->input;
  if (!input.is_object())
    input = json::object();
  auto id = create(*def, input, w->correlation, child ? parent : "",
                   child ? task : "");
  if (child)
    t->child = id;
  answer([this, child, id](auto&, row& x) {
    if (child) {
      x.callback = 0;
      x.output["subWorkflowId"] = id;
      x.status = "IN_PROGRESS";
    } else {
      x.output = {{"workflowId", id}};
      finish(x, "COMPLETED");
    }
  });
  decide(*find(id));
}

void model::map_child(execution& w, const json& task, row& t) {
  auto& param = at(task, "subWorkflowParam");
  t.input = {{"subWorkflowName", substitute(at(param, "name"), w, &t)},
             {"subWorkflowVersion", substitute(at(param, "version"), w, &t)},
             {"workflowInput", task_input(w, task, t, false)}};
  if (t.input["subWorkflowVersion"].is_null())
    t.input.erase("subWorkflowVersion");
  auto own = at(param, "workflowDefinition"); // its expressions are its own
  if (own.is_string())
    own = substitute(own, w, &t);
  if (own.is_object()) {
    t.input["subWorkflowName"] = at(own, "name");
    t.input["subWorkflowVersion"] = number_at(own, "version", 1);
    t.input["subWorkflowDefinition"] = own;
  }
}

/// reference:sub-workflow#life
void model::child_ended(const std::string& child) {
  auto* c = find(child);
  auto* w = find(c->parent);
  auto* t = w ? w->by_id(c->parent_task) : nullptr;
  if (!t || t->child != child || is_terminal(*t) || !is_terminal(*c))
    return;
  t->output = c->output;
  t->output["subWorkflowId"] = child; // also when the child has such a key
  if (c->status == "COMPLETED")
    finish(*t, "COMPLETED");
  else
    finish(*t, c->status == "TERMINATED" ? "CANCELED" : c->status,
           "Sub workflow " + text_at(c->def, "name") + "."
               + std::to_string(number_at(c->def, "version", 1)) + "/" + child
               + " failure reason: " + c->reason);
  decide(*w);
}

void model::cancel_child(execution& w, row& t) {
  if (t.child.empty())
    return;
  std::string why = "Parent workflow has been terminated with ";
  why += w.reason.empty() ? "status " + w.status : "reason: " + w.reason;
  if (!is_terminal(w))
    why = "*"; // a loop has cancelled it: the spec has no words for that
  post([this, id = t.child, why] {
    auto* c = find(id);
    if (!is_terminal(*c)) {
      ++c->version;
      end(*c, {"TERMINATED", why, "-"});
    }
  });
}

} // namespace tutti::reference
