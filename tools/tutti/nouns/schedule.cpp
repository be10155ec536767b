#include "tools/tutti/duration_input.hpp"
#include "tools/tutti/json_input.hpp"
#include "tools/tutti/session.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <chrono>

namespace tutti::cli {

using nlohmann::json;

namespace schedule_detail {

struct new_schedule {
  std::string name, workflow, input, description, overlap, catchup, file;
  std::vector<std::string> crons;
  std::string zone = "UTC", from, until;
  std::optional<int32_t> version;
  std::optional<int64_t> jitter, window;
  bool paused = false;
};

/// What `check_moment` has let pass.
int64_t moment(const std::string& text) {
  auto now = std::chrono::system_clock::now().time_since_epoch();
  return read_moment_ms(
             text,
             std::chrono::duration_cast<std::chrono::milliseconds>(now).count())
      .value_or(0);
}

std::string path_of(const std::string& name, std::string_view verb = {},
                    const query_parameters& query = {}) {
  if (verb.empty())
    return api_path({"scheduler", "schedules", name}, query);
  return api_path({"scheduler", "schedules", name, verb}, query);
}

std::string cron_text(const json& x) {
  std::string out;
  auto add = [&](const json& one) {
    if (!out.empty())
      out += ", ";
    out += text_at(one, "cronExpression");
    if (auto zone = text_at(one, "zoneId"); zone != "UTC")
      out += ' ' + zone;
  };
  if (x.contains("cronSchedules") && !x["cronSchedules"].empty())
    for (auto& one : x["cronSchedules"])
      add(one);
  else
    add(x);
  return out;
}

column cron_column() {
  return made_column("CRON",
                     [](const json& x) -> cell { return cron_text(x); });
}

column state_column() {
  return made_column("STATE", [](const json& x) -> cell {
    bool paused = x.value("paused", false);
    return {paused ? "paused" : "active", paused ? tone::busy : tone::good};
  });
}

view schedules_view() {
  view look{{text_column("NAME", "name"),
             text_column("WORKFLOW", "/startWorkflowRequest/name"),
             cron_column(), state_column(), time_column("NEXT", "nextRunTime"),
             text_column("LAST", "/lastRun/outcome"),
             wide(time_column("LAST AT", "/lastRun/scheduledTime")),
             wide(text_column("OVERLAP", "overlapPolicy")),
             wide(text_column("CATCH-UP", "catchupPolicy")),
             wide(number_column("FIRED", "firedCount")),
             wide(number_column("FAILED", "failedCount")),
             wide(number_column("MISSED", "missedCount")),
             wide(number_column("SKIPPED", "skippedCount"))},
            "name"};
  look.none = "there is no schedule yet: tutti schedule create --help";
  return look;
}

view firings_view() {
  view look{{time_column("SCHEDULED", "scheduledTime"),
             text_column("SCHEDULE", "scheduleName"),
             status_column("STATE", "state"), text_column("OUTCOME", "outcome"),
             text_column("WORKFLOW", "workflowId"),
             text_column("REASON", "reason"),
             wide(time_column("DECIDED", "executionTime")),
             wide(text_column("CAUSE", "cause"))},
            "workflowId"};
  look.rows = [](const json& x) { return x.value("results", json::array()); };
  look.none = "nothing has fired";
  return look;
}

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
    out["scheduleStartTime"] = moment(x.from);
  if (!x.until.empty())
    out["scheduleEndTime"] = moment(x.until);
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

int list(session& s, const std::string& workflow) {
  query_parameters query;
  if (!workflow.empty())
    query.emplace_back("workflowName", workflow);
  auto all
      = s.api().call_json("GET", api_path({"scheduler", "schedules"}, query));
  return all ? s.show(*all, schedules_view()) : failed(all.failure());
}

int get(session& s, const std::string& name) {
  auto x = s.api().call_json("GET", path_of(name));
  return x ? s.show(*x, schedules_view()) : failed(x.failure());
}

int act(session& s, const char* method, const std::string& path,
        const std::string& name, const char* done) {
  auto answer = s.api().call(method, path);
  if (!answer)
    return failed(answer.failure(), "`tutti schedule list` shows them");
  return s.show(
      json{{"name", name}, {"result", done}},
      {{text_column("NAME", "name"), text_column("RESULT", "result")}, "name"});
}

int remove(session& s, const std::string& name) {
  if (!confirmed("delete schedule '" + name + "'", s.yes))
    return exit_failed;
  return act(s, "DELETE", path_of(name), name, "deleted");
}

int next(session& s, const std::string& name, const std::string& cron,
         const std::string& zone) {
  auto rows = json::array();
  auto path = name.empty()
                  ? api_path({"scheduler", "nextFewSchedules"},
                             {{"cronExpression", cron}, {"zoneId", zone}})
                  : path_of(name);
  auto got = s.api().call_json("GET", path);
  if (!got)
    return failed(got.failure());
  auto times = name.empty() ? *got : got->value("nextRunTimes", json::array());
  for (auto& time : times)
    rows.push_back({{"time", time}});
  view look{{time_column("NEXT", "time")}};
  look.name = [](const json& x) { return x.at("time").dump(); };
  look.none = "there is no next time: it is paused, or its window is over";
  return s.show(rows, look);
}

int backfill(session& s, const std::string& name, const std::string& from,
             const std::string& until) {
  json body = {{"startTime", moment(from)}, {"endTime", moment(until)}};
  auto told = s.api().call_json("POST", path_of(name, "backfill"), body.dump());
  if (!told)
    return failed(told.failure());
  return s.show(*told, {{text_column("NAME", "name"),
                         number_column("INSTANTS", "instants"),
                         number_column("ALREADY FIRED", "alreadyFired")},
                        "name"});
}

int trigger(session& s, const std::string& name) {
  auto told = s.api().call_json("POST", path_of(name, "trigger"));
  if (!told)
    return failed(told.failure());
  return s.show(*told, {{text_column("SCHEDULE", "scheduleName"),
                         text_column("WORKFLOW", "workflowId"),
                         text_column("OUTCOME", "outcome")},
                        "workflowId"});
}

int executions(session& s, const std::string& name, const std::string& query,
               int64_t count) {
  auto where = name.empty() ? query : "scheduleName='" + name + "'";
  if (!name.empty() && !query.empty())
    where += " AND " + query;
  auto found = s.api().call_json(
      "GET", api_path({"scheduler", "search", "executions"},
                      {{"query", where}, {"size", std::to_string(count)}}));
  if (!found)
    return failed(found.failure());
  auto code = s.show(*found, firings_view());
  auto left = number_at(*found, "totalHits")
              - int64_t(found->value("results", json::array()).size());
  if (left > 0)
    note("and " + std::to_string(left) + " more: --count");
  return code;
}

name_source schedule_names(session& s) {
  return [&s] {
    std::vector<std::string> out;
    auto all = s.api().call_json("GET", api_path({"scheduler", "schedules"}));
    if (all && all->is_array())
      for (auto& x : *all)
        out.push_back(text_at(x, "name"));
    return out;
  };
}

void add_create(CLI::App& noun, session& s) {
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

} // namespace schedule_detail

void add_schedule(CLI::App& app, session& s) {
  using namespace schedule_detail;
  auto* noun = app.add_subcommand("schedule", "start workflows at given times");
  noun->require_subcommand(1);
  add_create(*noun, s);

  auto name = std::make_shared<std::string>();
  auto text = std::make_shared<std::string>();
  auto* verb = noun->add_subcommand("list", "list schedules");
  examples(verb, {"tutti schedule list -o wide"});
  s.complete(verb->add_option("--workflow", *text, "those that start this one"),
             workflow_names(s));
  verb->callback([&s, text] { s.exit_code = list(s, *text); });

  auto add = [&](const char* word, const char* help, const char* example) {
    verb = noun->add_subcommand(word, help);
    examples(verb, {example});
    s.complete(verb->add_option("NAME", *name, "its name")->required(),
               schedule_names(s));
    return verb;
  };
  add("get", "show a schedule", "tutti schedule get nightly -o yaml")
      ->callback([&s, name] { s.exit_code = get(s, *name); });

  add("pause", "fire no more until it is resumed",
      "tutti schedule pause nightly --reason holiday")
      ->callback([&s, name, text] {
        query_parameters query;
        if (!text->empty())
          query.emplace_back("reason", *text);
        s.exit_code
            = act(s, "PUT", path_of(*name, "pause", query), *name, "paused");
      });
  verb->add_option("--reason", *text, "why");

  add("resume", "fire again", "tutti schedule resume nightly")
      ->callback([&s, name] {
        s.exit_code = act(s, "PUT", path_of(*name, "resume"), *name, "resumed");
      });

  add("delete", "delete a schedule; its executions go on",
      "tutti schedule delete nightly --yes")
      ->callback([&s, name] { s.exit_code = remove(s, *name); });

  auto zone = std::make_shared<std::string>("UTC");
  add("next", "the next times of a schedule, or of an expression",
      "tutti schedule next --cron '0 0 9 ? * MON-FRI' --zone Europe/Berlin")
      ->callback([&s, name, text, zone] {
        s.exit_code = name->empty() == text->empty()
                          ? misused("next needs a schedule or --cron",
                                    "tutti schedule next --help")
                          : next(s, *name, *text, *zone);
      });
  verb->get_option("NAME")->required(false);
  verb->add_option("--cron", *text, "instead of a schedule: an expression");
  verb->add_option("--zone", *zone, "its time zone")->capture_default_str();

  auto until = std::make_shared<std::string>();
  add("backfill", "fire the instants of a range that have not fired",
      "tutti schedule backfill nightly --from 2026-03-01 --until 2026-03-08")
      ->callback([&s, name, text, until] {
        s.exit_code = backfill(s, *name, *text, *until);
      });
  verb->add_option("--from", *text, "the first instant, or a duration ago")
      ->required()
      ->check(check_moment);
  verb->add_option("--until", *until, "the last one")
      ->required()
      ->check(check_moment);

  add("trigger", "fire now", "tutti schedule trigger nightly")
      ->callback([&s, name] { s.exit_code = trigger(s, *name); });

  auto count = std::make_shared<int64_t>(20);
  add("executions", "what fired, and what became of it",
      "tutti schedule executions nightly --query 'state=FAILED'")
      ->callback([&s, name, text, count] {
        s.exit_code = executions(s, *name, *text, *count);
      });
  verb->get_option("NAME")->required(false);
  verb->add_option("--query", *text, "conditions: state=FAILED AND ...");
  verb->add_option("--count", *count, "at most so many, newest first")
      ->capture_default_str();
}

} // namespace tutti::cli
