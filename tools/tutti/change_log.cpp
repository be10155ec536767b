#include "tools/tutti/change_log.hpp"

#include "tools/tutti/execution_view.hpp"
#include "tools/tutti/output.hpp"

#include <algorithm>
#include <set>

namespace tutti::cli {

using nlohmann::json;

struct change_log::change {
  int64_t at = 0;
  std::string reference; ///< without the suffixes of loops
  bool ended = false;
  std::set<std::string> awaited; ///< references that end before it
  json told;
};

namespace change_log_detail {

/// "t__2__1" is a task "t" of loops.
std::string base_of(const std::string& reference) {
  auto end = reference.size();
  while (true) {
    auto mark = reference.rfind("__", end - 1);
    if (mark == reference.npos || mark == 0 || mark + 2 >= end
        || reference.substr(mark + 2, end - mark - 2)
                   .find_first_not_of("0123456789")
               != std::string::npos)
      return reference.substr(0, end);
    end = mark;
  }
}

void collect(const json& from, std::set<std::string>& to) {
  if (from.is_object())
    if (auto reference = text_at(from, "taskReferenceName"); !reference.empty())
      to.insert(reference);
  if (from.is_structured())
    for (auto& inner : from)
      collect(inner, to);
}

std::set<std::string> awaited_by(const json& row) {
  std::set<std::string> out;
  auto planned = row.find("workflowTask");
  if (planned == row.end())
    return out;
  auto type = text_at(*planned, "type");
  if (type == "SCOPE" || type == "DO_WHILE" || type == "FOR_EACH")
    collect(*planned, out);
  if (type == "JOIN" || type == "EXCLUSIVE_JOIN")
    for (auto* place : {&*planned, &row})
      for (auto* key : {"/joinOn", "/inputData/joinOn"})
        if (auto at = json::json_pointer(key); place->contains(at))
          for (auto& x : place->at(at))
            if (x.is_string())
              out.insert(x.get<std::string>());
  out.erase(text_at(*planned, "taskReferenceName"));
  return out;
}

} // namespace change_log_detail

void change_log::compare(std::vector<change>& to, const std::string& key,
                         const std::string& name, const json& row, int64_t at) {
  auto status = text_at(row, "status");
  auto& seen = seen_[key];
  if (seen == status)
    return;
  seen = status;
  change out;
  out.at = at;
  out.told = {{"time", at}, {"name", name}, {"status", status}};
  if (!key.empty()) {
    out.told["taskId"] = key;
    out.reference = change_log_detail::base_of(name);
    out.ended = is_terminal_task(status);
    if (out.ended)
      out.awaited = change_log_detail::awaited_by(row);
  }
  if (auto reason = text_at(row, "reasonForIncompletion"); !reason.empty())
    out.told["reason"] = reason;
  to.push_back(std::move(out));
}

std::vector<json> change_log::look(const json& workflow) {
  std::vector<change> found;
  auto tasks = workflow.find("tasks");
  if (tasks != workflow.end() && tasks->is_array())
    for (auto& t : *tasks)
      compare(
          found, text_at(t, "taskId"), text_at(t, "referenceTaskName"), t,
          std::max(number_at(t, "updateTime"), number_at(t, "scheduledTime")));
  auto ended = number_at(workflow, "endTime");
  compare(found, "", text_at(workflow, "workflowName"), workflow,
          ended > 0 ? ended : number_at(workflow, "createTime"));
  std::ranges::stable_sort(found, {}, &change::at);
  // Inner containers come after outer ones in the list: from the back, so that
  // an inner one is in its place when the outer one looks for its own.
  for (size_t i = found.size(); i-- > 0;) {
    if (found[i].awaited.empty())
      continue;
    auto last = i;
    for (auto j = i + 1; j < found.size() && found[j].at == found[i].at; ++j)
      if (found[j].ended && found[i].awaited.contains(found[j].reference))
        last = j;
    std::rotate(found.begin() + static_cast<ptrdiff_t>(i),
                found.begin() + static_cast<ptrdiff_t>(i) + 1,
                found.begin() + static_cast<ptrdiff_t>(last) + 1);
  }
  std::vector<json> out;
  for (auto& x : found)
    out.push_back(std::move(x.told));
  return out;
}

} // namespace tutti::cli
