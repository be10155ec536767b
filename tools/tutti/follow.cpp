#include "tools/tutti/follow.hpp"

#include "tools/tutti/execution_view.hpp"
#include "tools/tutti/output.hpp"
#include "tools/tutti/stop_signal.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <vector>

namespace tutti::cli {

using nlohmann::json;
using namespace std::chrono_literals;

namespace follow_detail {

constexpr auto consume_before_execute = 50ms, look_last = 1'000ms;
constexpr int silent_looks_max = 60;

/// Prints what changed since the last read.
class change_log {
 public:
  explicit change_log(bool as_json) : as_json_(as_json) {}

  void look(const json& workflow) {
    auto tasks = workflow.find("tasks");
    if (tasks != workflow.end() && tasks->is_array())
      for (auto& t : *tasks)
        compare(text_at(t, "taskId"), text_at(t, "referenceTaskName"), t,
                std::max(number_at(t, "updateTime"),
                         number_at(t, "scheduledTime")));
    auto ended = number_at(workflow, "endTime");
    compare("", text_at(workflow, "workflowName"), workflow,
            ended > 0 ? ended : number_at(workflow, "createTime"));
    // Rows are listed as they began, and changed in another order: what undoes
    // comes after what it undoes, a retry after the attempt before.
    std::ranges::stable_sort(lines_, {}, &line::at);
    for (auto& x : lines_)
      print_line(x.text);
    lines_.clear();
  }

 private:
  struct line {
    int64_t at;
    std::string text;
  };

  void compare(const std::string& key, const std::string& name, const json& x,
               int64_t at) {
    auto status = text_at(x, "status");
    auto& seen = seen_[key];
    if (seen == status)
      return;
    seen = status;
    auto reason = text_at(x, "reasonForIncompletion");
    if (as_json_) {
      json said{{"time", at}, {"name", name}, {"status", status}};
      if (!key.empty())
        said["taskId"] = key;
      if (!reason.empty())
        said["reason"] = reason;
      lines_.push_back(
          {at, said.dump(-1, ' ', false, json::error_handler_t::replace)});
      return;
    }
    auto text = time_text(at) + "  "
                + painted(status, tone_of(status), colour_on_stdout()) + "  "
                + name;
    if (!reason.empty())
      text += "  " + reason;
    lines_.push_back({at, std::move(text)});
  }

  bool as_json_;
  std::vector<line> lines_;
  std::map<std::string, std::string> seen_;
};

/// A request that waits ends with the signal, too.
struct cancelling {
  cancelling(client& of, const stop_signal& stop) : of(of) {
    of.cancel_when([&stop] { return stop.raised(); });
  }
  ~cancelling() { of.cancel_when({}); }
  client& of;
};

} // namespace follow_detail

int follow(session& s, const std::string& workflow_id, bool changes) {
  using namespace follow_detail;
  stop_signal stop;
  cancelling until_here(s.api(), stop);
  auto left = [&] {
    note("stopped watching; " + workflow_id
         + " goes on. Watch it again: tutti workflow watch " + workflow_id);
    return stop.exit_code();
  };
  change_log log(s.json());
  auto path = api_path({"workflow", workflow_id},
                       {{"includeTasks", changes ? "true" : "false"}});
  int silent = 0;
  for (auto pause = consume_before_execute;;
       pause = std::min(pause * 2, look_last)) {
    auto workflow = s.api().call_json("GET", path);
    if (!workflow) {
      if (stop.raised())
        return left();
      if (workflow.failure().code != errc::unavailable
          || ++silent > silent_looks_max)
        return failed(workflow.failure());
    } else {
      silent = 0;
      if (changes)
        log.look(*workflow);
      auto status = text_at(*workflow, "status");
      if (is_terminal_workflow(status))
        return status == "COMPLETED" ? exit_done : exit_failed;
    }
    if (stop.wait(pause))
      return left();
  }
}

} // namespace tutti::cli
