#include "tests/reference/shrink.hpp"

namespace tutti::reference {

namespace shrink_detail {

using path = json::json_pointer;

/// Every part of a definition that may be removed, outermost first.
void parts(const json& at, const path& here, std::vector<path>& out) {
  if (at.is_array() && !at.empty() && at[0].is_object())
    for (size_t i = 0; i < at.size(); ++i) {
      if (!at[i].contains("type") || at[i]["type"] != "JOIN")
        out.push_back(here / i);
      parts(at[i], here / i, out);
    }
  if (!at.is_object())
    return;
  for (auto& [key, value] : at.items()) {
    if (key != "name" && key != "type" && key != "taskReferenceName"
        && key != "tasks" && key != "workflows" && key != "version"
        && key != "subWorkflowParam" && key != "dynamicTaskNameParam"
        && key != "expression" && key != "evaluatorType"
        && key != "forkTaskName" && key != "joinOn" && key != "scripts"
        && key != "start" && key != "forkTasks" && key != "loopOver"
        && key != "sink")
      out.push_back(here / key);
    if (key != "scripts") // what a text means
      parts(value, here / key, out);
  }
  if (at.contains("forkTasks"))
    for (size_t i = 0; i < at["forkTasks"].size(); ++i) {
      out.push_back(here / "forkTasks" / i);
      parts(at["forkTasks"][i], here / "forkTasks" / i, out);
    }
  if (at.contains("joinOn"))
    for (size_t i = 0; i < at["joinOn"].size(); ++i)
      out.push_back(here / "joinOn" / i);
}

bool remove(json& plan, const path& what) {
  auto& parent = plan[what.parent_pointer()];
  if (parent.is_object())
    return parent.erase(what.back()) > 0;
  auto i = std::stoul(what.back());
  // A fork stays with its JOIN.
  bool fork = parent[i].is_object() && parent[i].contains("type")
              && parent[i]["type"].get<std::string>().starts_with("FORK");
  parent.erase(i);
  if (fork && i < parent.size())
    parent.erase(i);
  // A loop needs a body.
  return !parent.empty() || what.parent_pointer().back() != "loopOver";
}

} // namespace shrink_detail

using namespace shrink_detail;

namespace shrink_detail {

/// The last words, after references and ids: the kind of difference.
std::string kind_of(const std::string& trouble) {
  if (trouble.find("replayed") != std::string::npos)
    return "replayed";
  auto at = trouble.find(" the ");
  return at == std::string::npos ? trouble.substr(0, 12)
                                 : trouble.substr(at, 12);
}

} // namespace shrink_detail

specimen shrink(specimen found, uint64_t seed, engine::script_runner& scripts) {
  std::string kind;
  {
    trial t(found.plan, seed, scripts);
    kind = kind_of(t.replay(found.inputs));
  }
  auto still = [&](const specimen& x) -> std::optional<json> {
    try {
      trial t(x.plan, seed, scripts);
      auto trouble = t.replay(x.inputs);
      if (kind_of(trouble) != kind)
        return std::nullopt;
      return t.inputs();
    } catch (const std::exception&) {
      return std::nullopt; // the plan is no longer valid
    }
  };
  for (bool progress = true; progress;) {
    progress = false;
    for (size_t size = found.inputs.size() / 2 + 1; size > 0; size /= 2)
      for (size_t i = 0; i + size <= found.inputs.size();) {
        auto fewer = found;
        fewer.inputs.erase(fewer.inputs.begin() + long(i),
                           fewer.inputs.begin() + long(i + size));
        if (auto left = still(fewer);
            left && left->size() < found.inputs.size()) {
          found.inputs = *left;
          progress = true;
        } else {
          ++i;
        }
      }
    std::vector<path> candidates;
    parts(found.plan, path(), candidates);
    for (auto it = candidates.rbegin(); it != candidates.rend(); ++it) {
      auto fewer = found;
      if (!fewer.plan.contains(*it) || !remove(fewer.plan, *it))
        continue;
      if (auto left = still(fewer)) {
        found = fewer;
        found.inputs = *left;
        progress = true;
      }
    }
  }
  return found;
}

} // namespace tutti::reference
