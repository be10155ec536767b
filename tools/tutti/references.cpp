#include "tools/tutti/references.hpp"

#include "tools/tutti/output.hpp"

#include <nlohmann/json.hpp>

namespace tutti::cli {

using nlohmann::json;

namespace references_detail {

constexpr size_t beginning_min = 4;
/// From here on a beginning says enough when not all executions were seen.
constexpr size_t telling_beginning = 8;
constexpr int64_t looked_at_max = 10'000; ///< what the API lists at most
constexpr size_t named_max = 5;

failure no_execution(const std::string& given) {
  return {errc::not_found,
          "there is no execution '" + given + "', and no id that begins so"};
}

result<std::string> by_beginning(client& api, const std::string& given) {
  if (given.size() < beginning_min)
    return failure{errc::not_found,
                   "there is no execution '" + given
                       + "' (a beginning of an id has 4 characters or more)"};
  auto all = api.call_json(
      "GET", api_path({"tutti", "executions"},
                      {{"running", "false"},
                       {"count", std::to_string(looked_at_max)}}));
  if (!all)
    return all.failure().code == errc::not_found ? no_execution(given)
                                                 : all.failure();
  bool saw_all = api.total() <= looked_at_max;
  std::vector<std::string> found;
  if (all->is_array())
    for (auto& x : *all)
      if (auto id = text_at(x, "workflowId"); id.starts_with(given))
        found.push_back(std::move(id));
  if (found.empty())
    return no_execution(given);
  if (found.size() == 1 && (saw_all || given.size() >= telling_beginning))
    return found.front();
  std::string text = found.size() == 1
                         ? "not all executions could be looked at for '" + given
                               + "': give 8 characters or more"
                         : "'" + given + "' begins the ids of "
                               + std::to_string(found.size()) + " executions:";
  for (size_t i = 0; found.size() > 1 && i < found.size() && i < named_max; ++i)
    text += ' ' + found[i];
  return failure{errc::conflict, std::move(text)};
}

/// The last row under that reference; rows stand in the order of their begin.
const json* last_of(const json& workflow, const std::string& reference) {
  const json* out = nullptr;
  auto tasks = workflow.find("tasks");
  if (tasks != workflow.end() && tasks->is_array())
    for (auto& x : *tasks)
      if (text_at(x, "referenceTaskName") == reference)
        out = &x;
  return out;
}

failure no_task(const std::string& workflow_id, const std::string& reference) {
  return {errc::not_found,
          "execution " + workflow_id + " has no task '" + reference + "'"};
}

} // namespace references_detail

bool is_full_id(std::string_view text) {
  constexpr size_t length = 36;
  if (text.size() != length)
    return false;
  for (size_t i = 0; i < length; ++i) {
    bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    bool hex = (text[i] >= '0' && text[i] <= '9')
               || (text[i] >= 'a' && text[i] <= 'f')
               || (text[i] >= 'A' && text[i] <= 'F');
    if (dash ? text[i] != '-' : !hex)
      return false;
  }
  return true;
}

result<std::string> execution_id(client& api, const std::string& given) {
  if (is_full_id(given))
    return given;
  // An id of another form may be a whole one all the same.
  auto whole = api.call("GET", api_path({"workflow", given, "status"}));
  if (whole)
    return given;
  if (whole.failure().code != errc::not_found)
    return whole.failure();
  return references_detail::by_beginning(api, given);
}

result<json> find_task(client& api, const std::string& given) {
  using namespace references_detail;
  auto slash = given.find('/');
  if (slash == given.npos)
    return api.call_json("GET", api_path({"tasks", given}));
  auto id = execution_id(api, given.substr(0, slash));
  if (!id)
    return id.failure();
  auto workflow = api.call_json("GET", api_path({"workflow", *id}));
  if (!workflow)
    return workflow.failure();
  auto reference = given.substr(slash + 1);
  auto* found = last_of(*workflow, reference);
  return found ? result<json>(*found) : no_task(*id, reference);
}

result<std::string> task_id_in(client& api, const std::string& workflow_id,
                               const std::string& reference_or_id) {
  using namespace references_detail;
  // The ids of a child's tasks are taken, too, so they are not looked up here.
  if (is_full_id(reference_or_id))
    return reference_or_id;
  auto workflow = api.call_json("GET", api_path({"workflow", workflow_id}));
  if (!workflow)
    return workflow.failure();
  auto* found = last_of(*workflow, reference_or_id);
  if (!found)
    return no_task(workflow_id, reference_or_id);
  return text_at(*found, "taskId");
}

} // namespace tutti::cli
