#include "tools/tutti/jobs/job_order.hpp"

#include "messages/model/payload.hpp"
#include "tools/tutti/jobs/job_progress.hpp"
#include "tools/tutti/jobs/job_view.hpp"

#include <CLI/CLI.hpp>

namespace tutti::cli {

using nlohmann::json;

namespace job_order_detail {

json order_of(const query_options& which, const char* action, json arguments) {
  json out{{"query", which.query},
           {"all", which.all},
           {"action", action},
           {"arguments", std::move(arguments)}};
  if (!which.free_text.empty())
    out["freeText"] = which.free_text;
  if (which.rate > 0)
    out["ratePerSecond"] = which.rate;
  if (which.parallel > 0)
    out["parallel"] = which.parallel;
  return out;
}

/// "3 FAILED, 1 RUNNING"
std::string statuses_of(const json& preview) {
  std::string out;
  auto statuses = preview.find("statuses");
  if (statuses != preview.end() && statuses->is_object())
    for (auto& [status, count] : statuses->items())
      out += (out.empty() ? "" : ", ") + count.dump() + " " + status;
  return out;
}

void tell(const json& preview) {
  auto total = number_at(preview, "total");
  note(std::to_string(total) + " executions match: " + statuses_of(preview));
  note(text_at(preview, "action") + " " + text_at(preview, "does") + ": "
       + std::to_string(number_at(preview, "changes")) + " would be changed, "
       + std::to_string(number_at(preview, "skips"))
       + " skipped; it takes about "
       + duration_text(1'000 * number_at(preview, "seconds")));
  auto sample = preview.find("sample");
  if (sample == preview.end() || !sample->is_array())
    return;
  std::string ids;
  for (auto& id : *sample)
    ids += " " + (id.is_string() ? id.get<std::string>() : id.dump());
  if (!ids.empty())
    note("for example" + ids);
}

view preview_view() {
  return {{number_column("TOTAL", "total"), number_column("CHANGES", "changes"),
           number_column("SKIPS", "skips"),
           value_column("STATUSES", "statuses"),
           number_column("SECONDS", "seconds")},
          "action"};
}

} // namespace job_order_detail

void add_query_options(CLI::App* verb,
                       const std::shared_ptr<query_options>& to) {
  verb->add_option("--query", to->query,
                   "instead of IDs: all executions that match, as a job");
  verb->add_option("--text", to->free_text, "the same, by words");
  verb->add_flag("--all", to->all, "all executions");
  verb->add_option("--rate", to->rate, "executions per second")
      ->check(CLI::PositiveNumber);
  verb->add_option("--parallel", to->parallel, "commands under way at a time")
      ->check(CLI::PositiveNumber);
  verb->add_flag("--detach", to->detach, "do not wait for the job's end");
  verb->add_flag("--dry-run", to->dry_run, "only say what it would do");
}

int run_job(session& s, const query_options& which, const char* action,
            json arguments) {
  using namespace job_order_detail;
  auto order = to_text(order_of(which, action, std::move(arguments)));
  auto preview = s.api().call_json(
      "POST", api_path({"tutti", "jobs", "preview"}), order);
  if (!preview)
    return failed(preview.failure(), "`tutti docs search#grammar`");
  if (which.dry_run)
    return s.show(*preview, preview_view());
  tell(*preview);
  if (number_at(*preview, "total") == 0)
    return exit_done;
  if (auto why = text_at(*preview, "refused"); !why.empty())
    return failed(exit_refused, why, "a narrower query");
  if (!confirmed(std::string(action) + " "
                     + std::to_string(number_at(*preview, "changes"))
                     + " executions",
                 s.yes))
    return exit_misused;
  auto job = s.api().call_json("POST", api_path({"tutti", "jobs"}), order);
  if (!job)
    return failed(job.failure(), "`tutti job list`");
  if (which.detach)
    return s.show(*job, job_view());
  return follow_job(s, text_at(*job, "jobId"));
}

} // namespace tutti::cli
