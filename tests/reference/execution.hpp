#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tutti::reference {

using json = nlohmann::json;

/// Where a row belongs: the top level, or an iteration of a loop.
struct position {
  std::string suffix; ///< of references: "__2", or "__2__1" in a nested loop
  std::string loop;   ///< id of the loop's row; in compensation the SCOPE's
  int number = 0;
  std::string scope{}; ///< the id of the innermost SCOPE's row around it
  std::string part{};  ///< which of its lists: "body", "compensate", "run"
  std::string fork{};  ///< the id of the innermost FORK's row, within a loop
  int pass = 1;        ///< 1, or the number that a GOTO leading back gave
  std::string compensates{}; ///< id of the row that is compensated here
};

/// A task of an execution, reference:execution#task-status. Times are epoch ms.
struct row {
  std::string id, ref, type, name, status, reason, retried_id, child, worker;
  std::string because; ///< the row that led the flow here
  json task;           ///< the workflow task it was made from
  position where;
  json input = json::object(), output = json::object();
  int seq = 0, retry_count = 0, iteration = 0, poll_count = 0;
  bool retried = false, executed = false, changed = false;
  bool branches = false; ///< a switch whose branch continues
  int64_t scheduled = 0, first_scheduled = 0, started = 0, updated = 0,
          ended = 0;
  int64_t callback = 0, start_delay = 0; ///< seconds
  int64_t visible_at = 0;                ///< while it waits in a queue
  int64_t target = 0;                    ///< WAIT: when it ends by itself
  int64_t child_at = 0;                  ///< when a child may start
  bool child_asked = false, start_taken_back = false;
  uint64_t asked_in = 0; ///< the decision that requested the child
  std::vector<std::string> compensated; ///< SCOPE: ids of rows begun
  position landing;                     ///< GOTO: its position after the jump
  position pass_at; ///< GOTO: the position of the pass it began
};
using row_pointer = std::shared_ptr<row>;

struct execution {
  std::string id, status = "RUNNING", reason, correlation;
  std::string parent, parent_task, failed_task;
  json def, input = json::object(), output = json::object(),
            variables = json::object();
  std::vector<std::string> failed_refs, failed_names;
  std::vector<json> inbox;
  int64_t created = 0, last_retried = 0, ended = 0;
  std::vector<row_pointer> rows; ///< in order of creation
  /// Created by the current evaluation: readable, not appended yet.
  std::vector<row_pointer> making;
  /// Appended by the current evaluation, not executed yet.
  std::vector<row_pointer> begun;
  /// Failures that the current evaluation passed as optional; reset when it is
  /// abandoned.
  std::vector<std::pair<row*, std::string>> forgiven;
  uint64_t version = 0; ///< counts decisions

  row* by_ref(const std::string& ref) const;
  row* latest(const std::string& ref) const; ///< also one being made
  row* by_id(const std::string& id) const;
  bool has(const row* t) const; ///< `t` may have been removed
};
using execution_pointer = std::shared_ptr<execution>;

bool is_terminal(const row& t);
bool is_successful(
    const row& t); ///< open states count, reference:execution#task-status
bool is_terminal(const execution& w);
bool is_open(const row& t);
bool failed(const row& t); ///< terminal and not successful

/// Users' workers poll it.
bool is_worker(const row& t);
/// Runs inside the decision, never in a queue.
bool is_system(const row& t);
/// Worker tasks, and system tasks that a queue hands out.
bool is_queued(const row& t);

bool is_loop(const row& t);
/// The reference in the definition, without suffix.
std::string base_of(const row& t);
/// The position in that iteration of a loop.
position inside(const row& loop, int number);

/// The member; a null value when there is none.
const json& at(const json& object, const char* key);
std::string text_at(const json& object, const char* key,
                    const char* otherwise = "");
int64_t number_at(const json& object, const char* key, int64_t otherwise = 0);
bool flag_at(const json& object, const char* key);

/// `visit(list)` for every list of tasks inside a task.
template <class Task, class Visit>
void each_list(Task& task, Visit visit) {
  for (auto key : {"defaultCase", "loopOver"})
    if (task.contains(key))
      visit(task[key]);
  if (task.contains("decisionCases"))
    for (auto& branch : task["decisionCases"])
      visit(branch);
  if (task.contains("forkTasks"))
    for (auto& branch : task["forkTasks"])
      visit(branch);
  if (task.contains("onError"))
    for (auto& handler : task["onError"])
      if (handler.contains("run"))
        visit(handler["run"]);
  if (task.contains("compensate"))
    visit(task["compensate"]);
}

} // namespace tutti::reference
