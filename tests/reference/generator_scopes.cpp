#include "tests/reference/generator.hpp"

#include <algorithm>

// Adds SCOPE around and GOTO between the tasks of a finished definition, so
// that definitions without them stay the same.

namespace tutti::reference {

namespace generator_scopes_detail {

constexpr int deepest = 6;

/// A list of a definition, and where it is.
struct spot {
  json* list;
  json* around;     ///< the list that holds the task it belongs to, or null
  size_t index;     ///< of that task
  bool compensates; ///< in a `compensate` list, no loop between
  bool branch;      ///< of a fork
  size_t parent;    ///< of `around` among the spots
};

std::string type_of(const json& task) {
  return task.at("type").get<std::string>();
}

std::string name_of(const json& task) {
  return task.at("taskReferenceName").get<std::string>();
}

bool is_fork(const json& task) { return type_of(task).starts_with("FORK"); }

void collect(json& list, spot where, std::vector<spot>& out) {
  where.list = &list;
  auto self = out.size();
  out.push_back(where);
  for (size_t i = 0; i < list.size(); ++i) {
    auto& task = list[i];
    auto inner = [&](json& x, bool compensates, bool branch) {
      collect(x, {nullptr, &list, i, compensates, branch, self}, out);
    };
    bool loop = type_of(task) == "DO_WHILE" || type_of(task) == "FOR_EACH";
    for (auto key : {"defaultCase", "loopOver"})
      if (task.contains(key))
        inner(task[key], where.compensates && !loop, false);
    for (auto key : {"decisionCases", "forkTasks"})
      if (task.contains(key))
        for (auto& x : task[key])
          inner(x, where.compensates, is_fork(task));
    if (task.contains("onError"))
      for (auto& handler : task["onError"])
        if (handler.contains("run"))
          inner(handler["run"], where.compensates, false);
    if (task.contains("compensate"))
      inner(task["compensate"], true, false);
  }
}

std::vector<spot> spots(json& tasks) {
  std::vector<spot> out;
  collect(tasks, {nullptr, nullptr, 0, false, false, 0}, out);
  return out;
}

int depth_of(const std::vector<spot>& all, size_t i) {
  int out = 1;
  for (; all[i].around; i = all[i].parent)
    ++out;
  return out;
}

int depth_of(json& tasks) {
  auto all = spots(tasks);
  int out = 0;
  for (size_t i = 0; i < all.size(); ++i)
    out = std::max(out, depth_of(all, i));
  return out;
}

void references(json& tasks, std::vector<std::string>& out) {
  for (auto& at : spots(tasks))
    for (auto& task : *at.list)
      out.push_back(name_of(task));
}

} // namespace generator_scopes_detail

using namespace generator_scopes_detail;

void generator::scopes_and_jumps(json& plan) {
  for (auto& workflow : plan["workflows"]) {
    auto& tasks = workflow["tasks"];
    auto name = workflow["name"].get<std::string>();
    level_ = name == "leaf" ? 0 : name == "middle" ? 1 : 2;
    next_ = 100;
    left_ = 12;
    seen_.clear();
    references(tasks, seen_);
    if (without_.count("SCOPE") == 0 && dice_.one_in(2))
      for (uint64_t n = 1 + dice_.below(3); n > 0; --n)
        wrap(tasks);
    // The passes of an execution multiply with those of its children.
    passes_ = level_ == 0 ? 2 : level_ == 1 ? 3 : 12;
    if (without_.count("GOTO") == 0 && dice_.one_in(2))
      for (uint64_t n = 1 + dice_.below(2); n > 0; --n)
        place_jump(tasks, plan["input"]);
  }
}

/// Makes neighbouring tasks the body of a scope.
void generator::wrap(json& tasks) {
  auto before = tasks;
  auto all = spots(tasks);
  auto& where = dice_.one_in(3) ? all.front() : dice_.of(all);
  auto& list = *where.list;
  if (list.empty())
    return;
  auto from = dice_.below(dice_.one_in(2) ? 1 : list.size());
  auto to = dice_.one_in(2) ? list.size() - 1
                            : from + dice_.below(list.size() - from);
  // A fork stays with its JOIN.
  if (from > 0 && is_fork(list[from - 1]))
    --from;
  if (to + 1 < list.size() && is_fork(list[to]))
    ++to;
  auto out = head("SCOPE", "scope");
  auto own = name_of(out), last = name_of(list[to]);
  auto body = json::array();
  for (auto i = from; i <= to; ++i)
    body.push_back(list[i]);
  if (dice_.one_in(3))
    body.insert(body.begin(), worker());
  if (!dice_.one_in(3))
    body.push_back(failure());
  out["inputParameters"] = inputs();
  out["loopOver"] = std::move(body);
  out["onError"] = json::array();
  for (uint64_t n = dice_.below(4); n > 0; --n)
    out["onError"].push_back(handler(out));
  if (out["onError"].empty() || dice_.one_in(6))
    out[dice_.one_in(2) ? "optional" : "permissive"] = true;
  for (auto& inner : spots(out["loopOver"]))
    for (auto& task : *inner.list)
      if (dice_.one_in(2) && !task.contains("compensate")) {
        task["compensate"] = helpers(own);
        looks_at(task["compensate"][0], task, out["loopOver"]);
      }
  bool joined = where.branch && to + 1 == list.size();
  list.erase(list.begin() + long(from), list.begin() + long(to) + 1);
  list.insert(list.begin() + long(from), std::move(out));
  if (joined && where.index + 1 < where.around->size() && !dice_.one_in(6))
    for (auto& name : (*where.around)[where.index + 1]["joinOn"])
      if (name == last)
        name = own;
  if (depth_of(tasks) > deepest)
    tasks = std::move(before);
}

json generator::handler(const json& scope) {
  json out = json::object();
  if (dice_.one_in(3))
    out["statuses"]
        = dice_.of<std::vector<std::string>>({{"FAILED"},
                                              {"FAILED", "TIMED_OUT"},
                                              {"FAILED_WITH_TERMINAL_ERROR"},
                                              {"TIMED_OUT", "CANCELED"}});
  if (dice_.one_in(3))
    out["reason"]
        = dice_.of<std::string>({"dice", "h.rd'?$", "^(hard|never)", "^dice"});
  if (dice_.one_in(4)) {
    std::vector<std::string> inside;
    auto body = scope["loopOver"];
    references(body, inside);
    out["tasks"] = json::array({dice_.of(inside), dice_.of(inside)});
  }
  switch (dice_.below(6)) {
    case 0:
      break; // FAIL
    case 1:
      out["then"] = "FAIL";
      break;
    case 2:
    case 3:
      out["then"] = "CONTINUE";
      break;
    default:
      out["then"] = "COMPENSATE";
      if (dice_.one_in(3))
        out["thenFail"] = true;
  }
  if (dice_.one_in(2))
    out["run"] = helpers(name_of(scope));
  return out;
}

/// Tasks that read what happened.
json generator::helpers(const std::string& scope) {
  auto out = dice_.one_in(3) ? list(2, 2) : json::array({worker()});
  if (dice_.one_in(6))
    out.push_back(failure());
  auto& input = out[0]["inputParameters"];
  if (type_of(out[0]) == "SIMPLE" && dice_.one_in(2))
    input["why"] = "${" + scope + ".output.caught.reason}";
  if (type_of(out[0]) == "SIMPLE" && dice_.one_in(3))
    input["undone"] = "${" + scope + ".output.compensated}";
  return out;
}

/// A compensation task reads the output and the iteration of the task it
/// compensates.
void generator::looks_at(json& helper, const json& compensated, json& body) {
  if (type_of(helper) != "SIMPLE")
    return;
  auto& input = helper["inputParameters"];
  if (dice_.one_in(2))
    input["was"] = "${" + name_of(compensated) + ".output.n}";
  for (auto& at : spots(body))
    for (auto& task : *at.list)
      if ((type_of(task) == "DO_WHILE" || type_of(task) == "FOR_EACH")
          && dice_.one_in(2))
        input["at"] = "${" + name_of(task)
                      + dice_.of<std::string>(
                          {".output.iteration}", ".output.loopItem}",
                           ".output.loopIndex}", ".index}"});
}

/// A task that always fails for good.
json generator::failure() {
  switch (dice_.below(3)) {
    case 0: {
      auto out = head("WAIT", "some wait");
      out["inputParameters"]
          = {{"until", "2020-01-01"}, {"duration", "1 seconds"}};
      return out;
    }
    case 1: {
      auto out = head("EVENT", "some event");
      out["sink"] = "nowhere:x";
      return out;
    }
    default: {
      auto out = head("LAMBDA", "script");
      out["inputParameters"]["scriptExpression"]
          = learn({{"op", "throw"}}, "lambda");
      return out;
    }
  }
}

void generator::place_jump(json& tasks, json& input) {
  auto all = spots(tasks);
  auto i = dice_.below(all.size());
  auto& list = *all[i].list;
  auto index = dice_.below(list.size() + 1);
  if (index > 0 && is_fork(list[index - 1]))
    --index;
  auto out = head("GOTO", "goto");
  // Targets in its list and the lists around it.
  std::vector<std::string> targets;
  auto at = i;
  size_t from = index;
  while (true) {
    auto& here = *all[at].list;
    for (auto k = all[at].compensates ? from : 0; k < here.size(); ++k)
      targets.push_back(name_of(here[k]));
    if (!all[at].around || all[at].branch || dice_.one_in(2))
      break;
    from = all[at].index;
    at = all[at].parent;
    if (!all[at].compensates)
      targets.clear(); // further out
  }
  auto target
      = dice_.one_in(8) || targets.empty() ? name_of(out) : dice_.of(targets);
  if (all[i].compensates && target == name_of(out))
    target = "nobody";
  if (dice_.one_in(10)) {
    std::vector<std::string> every;
    references(tasks, every);
    every.push_back("nobody");
    every.push_back("${workflow.input.missing}");
    if (!all[i].compensates)
      target = dice_.of(every);
  }
  if (dice_.one_in(8) && !input.contains("to")) {
    input["to"] = target;
    target = "${workflow.input.to}";
  }
  out["inputParameters"]["target"] = target;
  int passes = 11; // by default
  if (!dice_.one_in(8)) {
    auto most = dice_.of<json>({1, 1, 2, 2, 3, "2", 0});
    passes = 1 + (most.is_string() ? 2 : most.get<int>());
    out["inputParameters"]["maxJumps"] = std::move(most);
  }
  if (passes > passes_)
    return;
  passes_ /= passes;
  if (!dice_.one_in(4))
    out["optional"] = true;
  if (dice_.one_in(2)) {
    auto choice = head("SWITCH", "choice");
    choice["evaluatorType"] = "value-param";
    choice["expression"] = "x";
    choice["inputParameters"]["x"]
        = seen_.empty() || dice_.one_in(3)
              ? "${workflow.input.k}"
              : "${" + dice_.of(seen_) + ".output.n}";
    for (auto name : {"0", "1", "2"})
      if (dice_.one_in(2))
        choice["decisionCases"][name] = json::array({out});
    if (choice.contains("decisionCases"))
      choice["decisionCases"]
          = json{{choice["decisionCases"].begin().key(), json::array({out})}};
    else
      choice["defaultCase"] = json::array({out});
    out = std::move(choice);
  }
  auto before = tasks;
  list.insert(list.begin() + long(index), std::move(out));
  if (depth_of(tasks) > deepest)
    tasks = std::move(before);
}

} // namespace tutti::reference
