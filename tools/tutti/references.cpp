#include "tools/tutti/references.hpp"

#include "messages/model/query/parser.hpp"
#include "tools/tutti/output.hpp"

#include <nlohmann/json.hpp>

#include <optional>

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

/// "'3f2a' begins the ids of 3 executions: 3f2a.. 3f2a.. ..."
failure several(const std::string& given, int64_t total,
                const std::vector<std::string>& some) {
  auto text = "'" + given + "' begins the ids of " + std::to_string(total)
              + " executions:";
  for (size_t i = 0; i < some.size() && i < named_max; ++i)
    text += ' ' + some[i];
  if (total > int64_t(named_max))
    text += " ...";
  return {errc::conflict, std::move(text)};
}

/// Of all executions, as the search index has them; nothing when the server has
/// no index, or one that is behind and may lack what is meant.
std::optional<result<std::string>> by_index(client& api,
                                            const std::string& given) {
  auto answer = api.call_json(
      "GET",
      api_path({"tutti", "search"},
               {{"of", "workflows"},
                {"as", "ids"},
                {"size", std::to_string(named_max)},
                {"query", "workflowId STARTS_WITH " + query::quoted(given)}}));
  if (!answer)
    return std::nullopt;
  auto total = number_at(*answer, "totalHits");
  std::vector<std::string> found;
  if (auto ids = answer->find("results"); ids != answer->end())
    for (auto& id : *ids)
      if (id.is_string())
        found.push_back(id.get<std::string>());
  if (total > 1)
    return several(given, total, found);
  if (number_at(*answer, "behind") > 0)
    return std::nullopt;
  if (found.empty())
    return no_execution(given);
  return std::move(found.front());
}

/// Of the newest executions, which every node lists.
result<std::string> by_list(client& api, const std::string& given) {
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
  if (found.size() > 1)
    return several(given, int64_t(found.size()), found);
  return failure{errc::conflict, "not all executions could be looked at for '"
                                     + given + "': give 8 characters or more"};
}

result<std::string> by_beginning(client& api, const std::string& given) {
  if (given.size() < beginning_min)
    return failure{errc::not_found,
                   "there is no execution '" + given
                       + "' (a beginning of an id has 4 characters or more)"};
  if (auto found = by_index(api, given))
    return *std::move(found);
  return by_list(api, given);
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
