#include "tools/tutti/duration_input.hpp"
#include "tools/tutti/json_input.hpp"
#include "tools/tutti/nouns/schedule_parts.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace tutti::cli {

using nlohmann::json;

namespace schedule_create_detail {

struct new_schedule {
  std::string name, workflow, input, description, overlap, catchup, file;
  std::vector<std::string> crons;
  std::string zone = "UTC", from, until;
  std::optional<int32_t> version;
  std::optional<int64_t> jitter, window;
  bool paused = false;
};

result<json> body_of(const new_schedule& x) {
  json out = json::object();
  if (!x.file.empty()) {
    auto text = read_source(x.file);
    if (!text)
      return text.failure();
    out = json::parse(*text, nullptr, false);
    if (!out.is_object())
      return failure{errc::invalid, x.file + " is not a JSON object"};
  }
  auto set = [&](const char* key, const std::string& value) {
    if (!value.empty())
      out[key] = value;
  };
  set("name", x.name);
  set("description", x.description);
  set("overlapPolicy", x.overlap);
  set("catchupPolicy", x.catchup);
  if (x.crons.size() == 1) {
    out["cronExpression"] = x.crons[0];
    out["zoneId"] = x.zone;
  } else if (!x.crons.empty()) {
    out["cronSchedules"] = json::array();
    for (auto& one : x.crons)
      out["cronSchedules"].push_back(
          {{"cronExpression", one}, {"zoneId", x.zone}});
  }
  if (!x.workflow.empty())
    out["startWorkflowRequest"]["name"] = x.workflow;
  if (x.version)
    out["startWorkflowRequest"]["version"] = *x.version;
  if (!x.input.empty()) {
    auto input = read_object(x.input, "--input");
    if (!input)
      return input.failure();
    out["startWorkflowRequest"]["input"] = std::move(*input);
  }
  if (x.jitter)
    out["jitterSeconds"] = *x.jitter;
  if (x.window)
    out["catchupWindowSeconds"] = *x.window;
  if (x.paused)
    out["paused"] = true;
  if (!x.from.empty())
    out["scheduleStartTime"] = moment_of(x.from);
  if (!x.until.empty())
    out["scheduleEndTime"] = moment_of(x.until);
  return out;
}

int create(session& s, const new_schedule& x) {
  auto body = body_of(x);
  if (!body)
    return failed(body.failure());
  auto saved = s.api().call_json("POST", api_path({"scheduler", "schedules"}),
                                 body->dump());
  note_warnings(s);
  if (!saved)
    return failed(saved.failure());
  return s.show(*saved, schedules_view());
}

} // namespace schedule_create_detail

void add_schedule_create(CLI::App& noun, session& s) {
  using namespace schedule_create_detail;
  auto x = std::make_shared<new_schedule>();
  auto* verb = noun.add_subcommand("create", "create or replace a schedule");
  examples(verb, {"tutti schedule create nightly --workflow report --cron "
                  "'0 0 3 * * *' --zone Europe/Berlin",
                  "tutti schedule create nightly --file schedule.json"});
  verb->add_option("NAME", x->name, "its name");
  verb->add_option("-f,--file", x->file, "JSON with its fields; - for stdin");
  s.complete(verb->add_option("--workflow", x->workflow,
                              "the workflow that it starts"),
             workflow_names(s));
  verb->add_option("--workflow-version", x->version,
                   "of that; else the latest");
  verb->add_option("--input", x->input, "its input: JSON, @FILE or @-");
  verb->add_option("--cron", x->crons,
                   "'second minute hour day month weekday'; may be repeated");
  verb->add_option("--zone", x->zone, "time zone of the cron expressions")
      ->capture_default_str();
  verb->add_option("--from", x->from, "no instant before this time")
      ->check(check_moment);
  verb->add_option("--until", x->until, "no instant after this time")
      ->check(check_moment);
  verb->add_option("--overlap", x->overlap, "while an earlier execution runs")
      ->check(CLI::IsMember({"ALLOW_ALL", "SKIP", "BUFFER_ONE", "CANCEL_OTHER",
                             "TERMINATE_OTHER"},
                            CLI::ignore_case));
  verb->add_option("--catchup", x->catchup, "instants that were missed")
      ->check(CLI::IsMember({"NONE", "LATEST", "ALL"}, CLI::ignore_case));
  verb->add_option("--catchup-window", x->window, "how far back, in seconds");
  verb->add_option("--jitter", x->jitter, "up to so many seconds later");
  verb->add_option("--description", x->description, "text");
  verb->add_flag("--paused", x->paused, "fires only when it is resumed");
  verb->callback([&s, x] { s.exit_code = create(s, *x); });
}

} // namespace tutti::cli
