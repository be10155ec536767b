#include "tools/tutti/worker_slot.hpp"

#include "messages/model/payload.hpp"
#include "tools/tutti/output.hpp"
#include "tools/tutti/task_outcome.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace tutti::cli {

using nlohmann::json;
using namespace std::chrono_literals;

namespace worker_slot_detail {

constexpr std::chrono::milliseconds pause_first = 250ms, pause_last = 15'000ms;
/// With the pauses above: a result is reported for more than ten minutes.
constexpr int reports_max = 45;

} // namespace worker_slot_detail

worker_slot::worker_slot(const worker_options& options, std::string task_type,
                         const stop_signal& stop)
    : options_(options), task_type_(std::move(task_type)), stop_(stop),
      api_(options.server, options.key) {}

void worker_slot::say(const std::string& text) const {
  note(task_type_ + ": " + text);
}

void worker_slot::run() {
  using namespace worker_slot_detail;
  auto pause = pause_first;
  json task;
  while (!task.is_null() || !stop_.raised()) {
    if (task.is_null()) {
      auto polled = poll();
      if (!polled) {
        if (pause == pause_first)
          say(polled.failure().message + "; trying again");
        stop_.wait(pause);
        pause = std::min(pause * 2, pause_last);
        continue;
      }
      pause = pause_first;
      task = std::move(*polled);
      if (task.is_null())
        continue;
    }
    task = report(run_command(task));
  }
}

result<json> worker_slot::poll() {
  query_parameters query{{"count", "1"},
                         {"timeout", std::to_string(options_.poll_ms)},
                         {"workerid", options_.worker_id}};
  if (!options_.domain.empty())
    query.emplace_back("domain", options_.domain);
  auto tasks = api_.call_json(
      "GET", api_path({"tasks", "poll", "batch", task_type_}, query));
  if (!tasks)
    return tasks.failure();
  return tasks->is_array() && !tasks->empty() ? std::move(tasks->front())
                                              : json(nullptr);
}

json worker_slot::run_command(const json& task) {
  process_options options;
  options.command = options_.command;
  options.environment = task_environment(task, options_.server);
  options.beat = lease_interval(task);
  options.on_beat = [&] {
    auto extended
        = api_.call("POST", api_path({"tasks"}),
                    to_text(lease_extension(task, options_.worker_id)));
    if (!extended)
      say("its lease was not extended: " + extended.failure().message);
  };
  auto input = task.find("inputData");
  auto end = run_process(options, input == task.end() ? "{}" : to_text(*input));
  auto update = outcome_of(task, options_.worker_id, end);
  auto line = text_at(update, "status") + " "
              + text_at(task, "referenceTaskName") + " of "
              + text_at(task, "workflowInstanceId");
  if (auto reason = text_at(update, "reasonForIncompletion"); !reason.empty())
    line += ": " + reason;
  say(line);
  return update;
}

json worker_slot::report(const json& update) {
  using namespace worker_slot_detail;
  auto body = to_text(update);
  auto pause = pause_first;
  bool v2 = has_update_v2_;
  for (int i = 0; i < reports_max; ++i) {
    // A stopping worker must not get another task.
    bool wants_next = v2 && !stop_.raised();
    auto answer = api_.send("POST",
                            wants_next ? api_path({"tasks", "update-v2"})
                                       : api_path({"tasks"}),
                            body);
    if (answer && (answer->status == 200 || answer->status == 204)) {
      if (!stop_.raised())
        has_update_v2_ = v2;
      if (!wants_next || answer->body.empty())
        return nullptr;
      auto next = parse_json(answer->body);
      return next && next->is_object() ? std::move(*next) : json(nullptr);
    }
    // A server without update-v2 answers 404, and so does one that does not
    // know the task: the older route tells which.
    if (answer && wants_next
        && (answer->status == 404 || answer->status == 405)) {
      v2 = false;
      continue;
    }
    auto why = answer ? failure_of(*answer) : answer.failure();
    if (answer && answer->status < 500 && answer->status != 429) {
      say("the result was refused: " + why.message);
      return nullptr;
    }
    if (i == 0)
      say("the result is not delivered yet: " + why.message);
    // Does not end at `stop_`: the result is delivered before we leave.
    if (stop_.raised())
      pause = std::min(pause, 1'000ms);
    stop_.pause(pause);
    pause = std::min(pause * 2, pause_last);
  }
  say("giving up on a result; the task is offered again after its response "
      "timeout");
  return nullptr;
}

} // namespace tutti::cli
