#include "tests/reference/generator.hpp"

#include <utility>

namespace tutti::reference {

namespace generator_detail {

const std::vector<std::string> registered{"w0", "w1", "w2", "w3", "w4", "w5"};

template <class Visit>
void for_lists(const json& task, Visit visit) {
  for (auto key : {"defaultCase", "loopOver"})
    if (task.contains(key))
      visit(task[key]);
  for (auto key : {"decisionCases", "forkTasks"})
    if (task.contains(key))
      for (auto& x : task[key])
        visit(x);
}

} // namespace generator_detail

using namespace generator_detail;

std::string generator::reference() {
  seen_.push_back("r" + std::to_string(next_++));
  return seen_.back();
}

std::string generator::last_reference(const json& list) {
  return list.back().at("taskReferenceName").get<std::string>();
}

json generator::head(const std::string& type, const std::string& name) {
  --left_;
  return {{"type", type}, {"name", name}, {"taskReferenceName", reference()}};
}

json generator::task_defs() {
  auto out = json::array();
  for (std::string name : {"w0", "w1", "w2", "w3", "w4", "w5", "wait", "child",
                           "human", "event", "request", "dynamic"}) {
    if (name[0] != 'w' && dice_.one_in(2))
      continue;
    json def{{"name", name},
             {"retryCount", dice_.below(3)},
             {"retryDelaySeconds", dice_.of<int>({0, 0, 0, 1, 5})},
             {"timeoutSeconds", 0},
             {"responseTimeoutSeconds", dice_.of<int>({20, 60, 3600})}};
    def["timeoutPolicy"] = dice_.of<std::string>(
        {"RETRY", "RETRY", "TIME_OUT_WF", "ALERT_ONLY"});
    def["retryLogic"] = dice_.of<std::string>(
        {"FIXED", "LINEAR_BACKOFF", "EXPONENTIAL_BACKOFF"});
    if (dice_.one_in(3))
      def["backoffScaleFactor"] = 2;
    if (dice_.one_in(3))
      def["maxRetryDelaySeconds"] = 4;
    if (dice_.one_in(4))
      def["timeoutSeconds"] = dice_.of<int>({20, 30, 60});
    if (dice_.one_in(5))
      def["pollTimeoutSeconds"] = dice_.of<int>({10, 40});
    if (dice_.one_in(6))
      def["totalTimeoutSeconds"] = dice_.of<int>({60, 90});
    if (dice_.one_in(3) && name[0] == 'w')
      def["inputTemplate"]
          = {{"a", "from the template"}, {"t", "${workflow.input.n}"}};
    out.push_back(std::move(def));
  }
  return out;
}

json generator::plan() {
  json out{{"tasks", task_defs()}, {"workflows", json::array()}};
  auto& workflows = out["workflows"];
  int depth = 1 + int(dice_.below(6));
  workflows.push_back(workflow("leaf", 3, 2, 0));
  workflows.push_back(workflow("middle", 4, 2, 1));
  workflows.push_back(workflow("top", 2 + int(dice_.below(14)), depth, 2));
  if (dice_.one_in(4)) {
    workflows.push_back(workflows[2]);
    workflows[2]["version"] = 1;
    workflows[3]["version"] = 2;
  }
  out["start"] = "top";
  out["input"] = {{"k", std::to_string(dice_.below(3))},
                  {"n", dice_.below(4)},
                  {"flag", dice_.one_in(2)},
                  {"list", json::array({1, 2})},
                  {"fw", "leaf"},
                  {"c", "leaf"}};
  scopes_and_jumps(out);
  out["scripts"] = scripts_;
  return out;
}

json generator::workflow(const std::string& name, int size, int depth,
                         int level) {
  seen_.clear();
  next_ = 0;
  left_ = size;
  level_ = level;
  json out{{"name", name}, {"version", 1}, {"schemaVersion", 2}};
  out["tasks"] = list(depth, size);
  if (dice_.one_in(2))
    out["outputParameters"] = inputs();
  if (dice_.one_in(3))
    out["variables"] = {{"v", dice_.below(3)}};
  if (dice_.one_in(4))
    out["inputTemplate"] = {{"a", "of the workflow"}};
  if (dice_.one_in(5)) {
    out["timeoutSeconds"] = dice_.of<int>({30, 60, 200});
    out["timeoutPolicy"] = dice_.of<std::string>({"TIME_OUT_WF", "ALERT_ONLY"});
  }
  if (level == 2 && dice_.one_in(3))
    out["failureWorkflow"] = dice_.of<std::string>(
        {"leaf", "nobody", "$workflow.input.fw", "$workflow.input.missing"});
  return out;
}

json generator::list(int depth, int length) {
  auto out = json::array();
  int n = 1 + int(dice_.below(uint64_t(length)));
  do {
    one(out, depth);
  } while (int(out.size()) < n && left_ > 0);
  return out;
}

void generator::one(json& list, int depth) {
  any_task(list, depth);
  while (!list.empty() && left_out(list.back()))
    list.erase(list.end() - 1);
  if (list.empty())
    list.push_back(worker());
}

bool generator::left_out(const json& task) const {
  bool out = without_.count(task.at("type").get<std::string>()) > 0;
  for_lists(task, [&](auto& inner) {
    for (auto& x : inner)
      out = out || left_out(x);
  });
  return out;
}

void generator::any_task(json& list, int depth) {
  auto plain = [&](const char* type, const char* name) {
    auto out = head(type, name);
    out["inputParameters"] = inputs();
    return out;
  };
  switch (dice_.below(depth > 1 && left_ > 0 ? 30 : 17)) {
    case 0:
      return list.push_back(plain("NOOP", "noop"));
    case 1:
      return list.push_back(wait());
    case 2:
      return list.push_back(dice_.one_in(2) ? plain("HUMAN", "human")
                                            : worker());
    case 3:
      return list.push_back(set_variable());
    case 4:
      return list.push_back(dynamic());
    case 5:
      return list.push_back(dice_.one_in(4) ? terminate() : worker());
    case 6:
      return list.push_back(level_ > 0 ? child() : worker());
    case 7:
    case 8:
    case 9:
    case 10:
    case 11:
    case 12:
      return list.push_back(worker());
    case 13:
      return list.push_back(script());
    case 14:
      return list.push_back(event());
    case 15:
      return list.push_back(dice_.one_in(2) ? start_other() : pull());
    case 16:
      return list.push_back(
          request(dice_.one_in(2) ? "HTTP" : "KAFKA_PUBLISH"));
    case 17:
    case 18:
    case 19:
    case 20:
      return fork(list, depth);
    case 21:
    case 22:
      return dynamic_fork(list);
    case 23:
    case 24:
      return list.push_back(loop(depth));
    case 25:
      return exclusive(list, depth);
    default:
      return list.push_back(choice(depth));
  }
}

void generator::flags(json& task) {
  if (dice_.one_in(6))
    task["optional"] = true;
  if (dice_.one_in(6))
    task["permissive"] = true;
  if (dice_.one_in(6))
    task["retryCount"] = dice_.below(3);
}

json generator::worker() {
  auto kind = dice_.below(8);
  auto out = kind == 0   ? head("MY_TYPE", "w0")
             : kind == 1 ? head("SIMPLE", "unregistered")
                         : head("SIMPLE", dice_.of(registered));
  out["inputParameters"] = inputs();
  if (dice_.one_in(5))
    out["startDelay"] = dice_.of<int>({1, 5});
  flags(out);
  return out;
}

json generator::dynamic() {
  auto out = head("DYNAMIC", "dynamic");
  out["dynamicTaskNameParam"] = "which";
  json name = dice_.of(registered);
  if (dice_.one_in(4))
    name = "unregistered";
  if (dice_.one_in(12))
    name = "${workflow.input.missing}";
  out["inputParameters"] = inputs({{"which", name}});
  flags(out);
  return out;
}

json generator::wait() {
  // A later attempt of a WAIT may have lost its duration.
  auto kind = dice_.below(8);
  auto out = head("WAIT", kind < 3 ? "wait" : "some wait");
  if (kind >= 3 && kind < 7)
    out["inputParameters"]["duration"]
        = std::to_string(dice_.of<int>({0, 1, 5, 30})) + " seconds";
  else if (kind == 7)
    out["inputParameters"]["until"] = "2020-01-01";
  if (dice_.one_in(20))
    out["inputParameters"]
        = {{"until", "2020-01-01"}, {"duration", "1 seconds"}};
  flags(out);
  return out;
}

json generator::set_variable() {
  auto out = head("SET_VARIABLE", "set");
  out["inputParameters"] = {{dice_.of<std::string>({"v", "u"}), value(0)}};
  return out;
}

json generator::terminate() {
  auto out = head("TERMINATE", "terminate");
  out["inputParameters"]["terminationStatus"]
      = dice_.of<std::string>({"COMPLETED", "FAILED", "TERMINATED"});
  if (dice_.one_in(2))
    out["inputParameters"]["terminationReason"] = "as planned";
  if (dice_.one_in(2))
    out["inputParameters"]["workflowOutput"] = value();
  return out;
}

/// An inline definition of a child.
json generator::own_definition() {
  auto seen = std::exchange(seen_, {});
  auto loops = std::exchange(loops_, {});
  auto next = next_, left = left_, level = level_;
  auto out = workflow("own", 3, 2, 0);
  seen_ = std::move(seen);
  loops_ = std::move(loops);
  next_ = next;
  left_ = left;
  level_ = level;
  return out;
}

json generator::child() {
  auto out = head("SUB_WORKFLOW", "child");
  std::string name = level_ > 1 && dice_.one_in(2) ? "middle" : "leaf";
  json param{{"name", name}};
  switch (dice_.below(6)) {
    case 0:
      break; // pinned when the parent starts
    case 1:
      param["version"] = 0;
      break;
    case 2:
      param["version"] = dice_.one_in(4) ? 7 : 1;
      break;
    case 3:
      param["name"] = "${workflow.input.c}";
      param["version"] = 1;
      break;
    default:
      param["version"] = 1;
  }
  if (dice_.one_in(5))
    param["workflowDefinition"] = own_definition();
  out["subWorkflowParam"] = param;
  out["inputParameters"] = inputs({{"k", "${workflow.input.k}"}});
  if (dice_.one_in(5))
    out["startDelay"] = 3;
  flags(out);
  return out;
}

json generator::choice(int depth) {
  bool decision = dice_.one_in(3);
  auto out = head(decision ? "DECISION" : "SWITCH", "choice");
  auto input = dice_.of<std::string>(
      {"${workflow.input.k}", "${workflow.input.n}", "${workflow.variables.v}",
       "${workflow.input.flag}", "${workflow.input.missing}"});
  if (dice_.one_in(3) && !seen_.empty())
    input = "${" + dice_.of(seen_) + ".output.n}";
  out["inputParameters"] = {{"x", input}};
  how_to_choose(out);
  for (std::string name : {"0", "1", "true", "null"})
    if (dice_.one_in(2))
      out["decisionCases"][name]
          = dice_.one_in(8) ? json::array() : list(depth - 1, 2);
  if (!out.contains("decisionCases"))
    out["decisionCases"]["2"] = list(depth - 1, 1);
  if (dice_.one_in(2))
    out["defaultCase"] = list(depth - 1, 2);
  if (dice_.one_in(6))
    out["optional"] = true;
  if (dice_.one_in(8))
    out["permissive"] = true;
  return out;
}

void generator::fork(json& into, int depth) {
  auto out = head("FORK_JOIN", "fork");
  auto joined = json::array();
  for (uint64_t i = 0, n = 1 + dice_.below(3); i < n; ++i) {
    auto branch = list(depth - 1, 2);
    // A list that ends otherwise may never end: its JOIN would wait for ever.
    auto type = branch.back().at("type").get<std::string>();
    if (type == "TERMINATE")
      branch.push_back(worker());
    if (!dice_.one_in(12))
      joined.push_back(last_reference(branch));
    out["forkTasks"].push_back(std::move(branch));
  }
  into.push_back(std::move(out));
  auto join = join_head();
  join["joinOn"] = joined;
  if (dice_.one_in(4))
    join["joinMode"] = "SYNC";
  if (dice_.one_in(6))
    join["optional"] = true;
  into.push_back(std::move(join));
}

void generator::dynamic_fork(json& into) {
  auto out = head("FORK_JOIN_DYNAMIC", "dynamic fork");
  auto own = last_reference(json::array({out}));
  auto count = dice_.below(4);
  bool bad = dice_.one_in(15);
  switch (dice_.below(3)) {
    case 0: {
      auto items = json::array();
      for (uint64_t i = 0; i < count; ++i)
        items.push_back(dice_.one_in(3) ? json(i) : json{{"p", value(0)}});
      out["inputParameters"]
          = {{"forkTaskName", dice_.of(registered)}, {"forkTaskInputs", items}};
      if (level_ > 0 && dice_.one_in(4))
        out["inputParameters"]
            = {{"forkTaskWorkflow", "leaf"}, {"forkTaskInputs", items}};
      if (dice_.one_in(4))
        out["optional"] = true;
      // The inputs decide the shape; a definition must name one anyway.
      out["dynamicForkTasksParam"] = "tasks";
      out["dynamicForkTasksInputParamName"] = "inputs";
      break;
    }
    case 1: {
      auto tasks = json::array();
      auto inputs = json::object();
      for (uint64_t i = 0; i < count; ++i) {
        auto ref = "d" + own + std::to_string(bad ? 0 : i);
        json branch{{"name", dice_.of(registered)},
                    {"taskReferenceName", ref},
                    {"type", "SIMPLE"}};
        flags(branch);
        tasks.push_back(branch);
        if (!dice_.one_in(4))
          inputs[ref] = {{"p", value(0)}};
      }
      out["dynamicForkTasksParam"] = "tasks";
      out["dynamicForkTasksInputParamName"] = "inputs";
      out["inputParameters"] = {{"tasks", tasks}, {"inputs", inputs}};
      if (dice_.one_in(15))
        out["inputParameters"]["tasks"] = "none";
      break;
    }
    default: {
      auto tasks = json::array();
      for (uint64_t i = 0; i < count; ++i)
        tasks.push_back({{"taskName", dice_.of(registered)},
                         {"referenceName", "d" + own + std::to_string(i)},
                         {"input", {{"p", i}}}});
      out["dynamicForkJoinTasksParam"] = "all";
      out["inputParameters"] = {{"all", {{"dynamicTasks", tasks}}}};
    }
  }
  into.push_back(std::move(out));
  into.push_back(join_head());
}

json generator::join_head() {
  auto out = head("JOIN", "join");
  if (dice_.one_in(4))
    out["joinStatus"] = dice_.of<std::string>(
        {"COMPLETED", "TERMINAL", "COMPLETED_WITH_ERRORS"});
  return out;
}

json generator::value(int depth) {
  auto other = [&] {
    return seen_.empty() || dice_.one_in(8) ? "r" + std::to_string(next_ + 1)
                                            : dice_.of(seen_);
  };
  // The loop's own fields, mostly for tasks in its body.
  if (!loops_.empty() && dice_.one_in(3))
    return "${" + dice_.of(loops_)
           + dice_.of<std::string>({".item}", ".index}", ".iteration}",
                                    ".output.loopItem}", ".output.loopIndex}",
                                    ".output.iteration}"});
  switch (dice_.below(depth > 0 ? 12 : 9)) {
    case 0:
      return dice_.below(5);
    case 1:
      return "text";
    case 2:
      return "${workflow.input.n}";
    case 3:
      return "${workflow.variables.v}";
    case 4:
      return "${" + other() + ".status}";
    case 5:
      return "${" + other() + ".output.n}";
    case 6:
      return "n=${" + other() + ".output.n} s=${workflow.input.k}";
    case 7:
      return "${" + other() + ".output.o.k}";
    case 8:
      return "${" + other() + ".retryCount}";
    case 9:
      return {{"inner", value(0)}, {"more", json::array({value(0), 1})}};
    case 10:
      return "${CPEWF_TASK_ID}";
    default:
      return dice_.one_in(2) ? json("${" + other() + ".output}")
                             : json("${workflow.input.missing}");
  }
}

json generator::inputs(json more) {
  for (std::string key : {"a", "b", "n"})
    if (dice_.one_in(3))
      more[key] = value();
  return more;
}

} // namespace tutti::reference
