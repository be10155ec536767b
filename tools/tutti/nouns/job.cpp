#include "tools/tutti/jobs/job_progress.hpp"
#include "tools/tutti/jobs/job_view.hpp"
#include "tools/tutti/session.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace tutti::cli {

using nlohmann::json;

namespace job_detail {

struct options {
  std::string id, status;
  int64_t count = 100, start = 0, rate = 0;
};

int list(session& s, const options& o) {
  query_parameters query{{"count", std::to_string(o.count)}};
  if (!o.status.empty())
    query.emplace_back("status", o.status);
  auto jobs = s.api().call_json("GET", api_path({"tutti", "jobs"}, query));
  if (!jobs)
    return failed(jobs.failure());
  auto code = s.show(*jobs, job_view());
  if (auto all = s.api().total(); all > int64_t(jobs->size()))
    note(std::to_string(all - int64_t(jobs->size())) + " more: --count");
  return code;
}

int show(session& s, const options& o) {
  auto job = s.api().call_json("GET", api_path({"tutti", "jobs", o.id}));
  if (!job)
    return failed(job.failure(), "`tutti job list`");
  return s.show(*job, job_view());
}

int control(session& s, const options& o, const char* verb) {
  query_parameters query;
  if (o.rate > 0)
    query.emplace_back("ratePerSecond", std::to_string(o.rate));
  auto job = s.api().call_json("POST",
                               api_path({"tutti", "jobs", o.id, verb}, query));
  if (!job)
    return failed(job.failure(), "`tutti job list`");
  return s.show(*job, job_view());
}

int errors(session& s, const options& o) {
  auto found = s.api().call_json(
      "GET", api_path({"tutti", "jobs", o.id, "errors"},
                      {{"start", std::to_string(o.start)},
                       {"count", std::to_string(o.count)}}));
  if (!found)
    return failed(found.failure(), "`tutti job list`");
  view look{{text_column("WORKFLOW", "workflowId"),
             text_column("OUTCOME", "outcome"), text_column("WHY", "reason"),
             wide(time_column("AT", "time"))},
            "workflowId"};
  look.none = "it has no errors";
  auto code = s.show(*found, look);
  if (found->is_array() && int64_t(found->size()) == o.count)
    note("there may be more: --start " + std::to_string(o.start + o.count));
  return code;
}

} // namespace job_detail

void add_job(CLI::App& app, session& s) {
  using namespace job_detail;
  auto* noun = app.add_subcommand(
      "job", "one action, to all executions that a query finds");
  noun->require_subcommand(1);
  auto o = std::make_shared<options>();
  auto add
      = [&](const char* name, const char* help, const char* example, auto run) {
          auto* verb = noun->add_subcommand(name, help);
          examples(verb, {example});
          verb->callback([=, &s] { s.exit_code = run(s, *o); });
          return verb;
        };
  auto of_one
      = [&](const char* name, const char* help, const char* example, auto run) {
          auto* verb = add(name, help, example, run);
          verb->add_option("ID", o->id, "of the job")->required();
          return verb;
        };
  auto* verb = add("list", "list jobs, the newest first",
                   "tutti job list --status RUNNING", list);
  verb->add_option("--status", o->status, "only these");
  verb->add_option("--count", o->count, "at most")->check(CLI::PositiveNumber);
  of_one("show", "how far it is", "tutti job show ID -o json", show);
  of_one("watch", "show its progress until it ends", "tutti job watch ID",
         [](session& s, const options& x) { return follow_job(s, x.id); });
  verb = of_one("errors", "executions that it did not change, with the reason",
                "tutti job errors ID -o csv", errors);
  verb->add_option("--count", o->count, "at most")->check(CLI::PositiveNumber);
  verb->add_option("--start", o->start, "leave out so many")
      ->check(CLI::NonNegativeNumber);
  for (auto [name, help, example] :
       {std::tuple{"pause", "begin no further execution", "tutti job pause ID"},
        {"resume", "go on", "tutti job resume ID --rate 50"},
        {"cancel", "end it; what was done stays done",
         "tutti job cancel ID"}}) {
    verb = of_one(name, help, example,
                  [name = name](session& s, const options& x) {
                    return control(s, x, name);
                  });
    if (name != std::string_view("cancel"))
      verb->add_option("--rate", o->rate, "executions per second from then on")
          ->check(CLI::PositiveNumber);
  }
}

} // namespace tutti::cli
