#include "tools/tutti/jobs/job_progress.hpp"

#include "tools/tutti/jobs/job_view.hpp"
#include "tools/tutti/progress.hpp"
#include "tools/tutti/stop_signal.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <optional>

namespace tutti::cli {

using nlohmann::json;
using namespace std::chrono_literals;

namespace job_progress_detail {

constexpr auto look_pause = 300ms;
/// About a minute, so that a node may restart.
constexpr int silent_looks_max = 200;
/// Errors that are shown at the end; the others have a verb of their own.
constexpr size_t errors_shown = 5;

size_t dealt_with(const json& job) {
  return size_t(number_at(job, "done") + number_at(job, "failed")
                + number_at(job, "skipped"));
}

void tell_errors(session& s, const std::string& id, const json& job) {
  if (number_at(job, "errorsKept") == 0)
    return;
  auto errors = s.api().call_json(
      "GET", api_path({"tutti", "jobs", id, "errors"},
                      {{"count", std::to_string(errors_shown)}}));
  if (!errors || !errors->is_array())
    return;
  for (auto& x : *errors)
    note(text_at(x, "workflowId") + ": " + text_at(x, "reason"));
  auto all = number_at(job, "failed") + number_at(job, "skipped");
  if (auto more = all - int64_t(errors->size()); more > 0)
    note(std::to_string(more) + " more: tutti job errors " + id);
}

} // namespace job_progress_detail

bool job_ended(const json& job) { return number_at(job, "endTime") != 0; }

int job_exit_code(const json& job) {
  auto status = text_at(job, "status");
  if (status == "FAILED")
    return exit_failed;
  if (status == "CANCELED")
    return exit_unsuccessful;
  if (number_at(job, "failed") == 0)
    return exit_done;
  return number_at(job, "done") == 0 ? exit_failed : exit_partly;
}

int follow_job(session& s, const std::string& id) {
  using namespace job_progress_detail;
  stop_signal stop;
  std::optional<progress> bar;
  auto path = api_path({"tutti", "jobs", id});
  int silent = 0;
  for (;;) {
    auto job = s.api().call_json("GET", path);
    if (!job) {
      if (!is_silence(job.failure().code) || ++silent > silent_looks_max)
        return failed(job.failure(), "`tutti job list`");
    } else {
      silent = 0;
      auto status = text_at(*job, "status");
      if (!bar && status != "COLLECTING")
        bar.emplace(text_at(*job, "action"), size_t(number_at(*job, "total")));
      if (bar)
        bar->at(dealt_with(*job));
      if (job_ended(*job) || status == "PAUSED") {
        bar.reset();
        s.show(*job, job_view());
        tell_errors(s, id, *job);
        if (job_ended(*job))
          return job_exit_code(*job);
        note("it is paused: tutti job resume " + id);
        return exit_unsuccessful;
      }
    }
    if (stop.wait(look_pause)) {
      bar.reset();
      note("stopped watching; the job goes on. Watch it again: tutti job watch "
           + id + ", end it: tutti job cancel " + id);
      return stop.exit_code();
    }
  }
}

} // namespace tutti::cli
