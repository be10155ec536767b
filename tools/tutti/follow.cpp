#include "tools/tutti/follow.hpp"

#include "tools/tutti/execution_view.hpp"
#include "tools/tutti/output.hpp"
#include "tools/tutti/stop_signal.hpp"

#include <nlohmann/json.hpp>

#include <map>

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
                number_at(t, "updateTime"));
    auto ended = number_at(workflow, "endTime");
    compare("", text_at(workflow, "workflowName"), workflow,
            ended > 0 ? ended : number_at(workflow, "createTime"));
  }

 private:
  void compare(const std::string& key, const std::string& name, const json& x,
               int64_t at) {
    auto status = text_at(x, "status");
    auto& seen = seen_[key];
    if (seen == status)
      return;
    seen = status;
    auto reason = text_at(x, "reasonForIncompletion");
    if (as_json_) {
      json line{{"time", at}, {"name", name}, {"status", status}};
      if (!key.empty())
        line["taskId"] = key;
      if (!reason.empty())
        line["reason"] = reason;
      print_line(line.dump(-1, ' ', false, json::error_handler_t::replace));
      return;
    }
    auto text = time_text(at) + "  "
                + painted(status, tone_of(status), colour_on_stdout()) + "  "
                + name;
    if (!reason.empty())
      text += "  " + reason;
    print_line(text);
  }

  bool as_json_;
  std::map<std::string, std::string> seen_;
};

} // namespace follow_detail

int follow(session& s, const std::string& workflow_id, bool changes) {
  using namespace follow_detail;
  stop_signal stop;
  change_log log(s.json());
  auto path = api_path({"workflow", workflow_id},
                       {{"includeTasks", changes ? "true" : "false"}});
  int silent = 0;
  for (auto pause = consume_before_execute;;
       pause = std::min(pause * 2, look_last)) {
    auto workflow = s.api().call_json("GET", path);
    if (!workflow) {
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
    if (stop.wait(pause)) {
      note("stopped watching; the workflow goes on");
      return exit_failed;
    }
  }
}

} // namespace tutti::cli
