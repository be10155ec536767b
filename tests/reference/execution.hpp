#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tutti::reference {

using json = nlohmann::json;

/// Where a row stands: outside of all loops, or in an iteration of one.
struct place {
  std::string suffix; ///< of references: "__2", or "__2__1" in a loop in a loop
  std::string loop;   ///< the id of the loop's row; of what undoes: the SCOPE's
  int number = 0;
  std::string scope{};  ///< the id of the innermost SCOPE's row around it
  std::string part{};   ///< which list of that: "body", "undo", "run"
  std::string fork{};   ///< the id of the innermost FORK's row, within a loop
  int pass = 1;         ///< how often a GOTO has led back there
  std::string undoes{}; ///< the id of the row that the list around it undoes
};

/// A task of an execution, reference:execution#task-status. Times are epoch ms.
struct row {
  std::string id, ref, type, name, status, reason, retried_id, child, worker;
  std::string because; ///< the row from which the flow came here
  json task;           ///< the workflow task it was made from
  place where;
  json input = json::object(), output = json::object();
  int seq = 0, retry_count = 0, iteration = 0, poll_count = 0;
  bool retried = false, executed = false, changed = false;
  bool branches = false; ///< a choice whose branch leads on
  int64_t scheduled = 0, first_scheduled = 0, started = 0, updated = 0,
          ended = 0;
  int64_t callback = 0, start_delay = 0; ///< seconds
  int64_t visible_at = 0;                ///< while it waits in a queue
  int64_t target = 0;                    ///< WAIT: when it ends by itself
  int64_t child_at = 0;                  ///< a child's start: not before
  bool child_asked = false, start_taken_back = false;
  uint64_t asked_in = 0;           ///< the decision that asked for the child
  std::vector<std::string> undone; ///< SCOPE: ids of what it began to undo
  place landed;                    ///< GOTO: where it has led to
  place begun;                     ///< GOTO: where its pass stands
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
  /// Made by the evaluation under way: already readable, not yet appended.
  std::vector<row_pointer> making;
  /// Appended in the middle of something: still to be executed.
  std::vector<row_pointer> begun;
  /// What the evaluation under way let pass; a signal takes it back.
  std::vector<std::pair<row*, std::string>> forgiven;
  uint64_t version = 0; ///< counts decisions

  row* by_ref(const std::string& ref) const;
  row* latest(const std::string& ref) const; ///< also one being made
  row* by_id(const std::string& id) const;
};
using execution_pointer = std::shared_ptr<execution>;

bool is_terminal(const row& t);
bool is_successful(
    const row& t); ///< open counts, reference:execution#task-status
bool is_terminal(const execution& w);
bool is_open(const row& t);
bool failed(const row& t); ///< terminal and not successful

/// Polled by workers of users.
bool is_worker(const row& t);
/// Runs inside the decision, never in a queue.
bool is_system(const row& t);
/// Worker tasks, and system tasks that a queue hands out.
bool is_queued(const row& t);

bool is_loop(const row& t);
/// The reference in the definition.
std::string base_of(const row& t);
/// A place in that iteration of a loop.
place inside(const row& loop, int number);

/// The member, or null.
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
