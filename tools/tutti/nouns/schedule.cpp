#include "tools/tutti/duration_input.hpp"
#include "tools/tutti/nouns/schedule_parts.hpp"
#include "tools/tutti/nouns/tags.hpp"
#include "tools/tutti/rendering/yaml_text.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace tutti::cli {

using nlohmann::json;

namespace schedule_detail {

int list(session& s, const std::string& workflow, std::string tag) {
  query_parameters query;
  if (!workflow.empty())
    query.emplace_back("workflowName", workflow);
  if (auto sign = tag.find('='); sign != tag.npos)
    tag[sign] = ':'; // as the API writes it
  if (!tag.empty())
    query.emplace_back("tag", tag);
  auto all = s.api().call_json(
      "GET", tag.empty() ? api_path({"scheduler", "schedules"}, query)
                         : schedule_path("tags", {}, query));
  auto look = schedules_view();
  if (!query.empty())
    look.none = "no schedule is like that";
  return all ? s.show(*all, look) : failed(all.failure());
}

int get(session& s, const std::string& name) {
  auto x = s.api().call_json("GET", schedule_path(name));
  auto look = schedules_view();
  // One is read as it is written.
  look.detail = [](const json& one, const canvas&) { return yaml_text(one); };
  return x ? s.show(*x, look) : failed(x.failure());
}

int next(session& s, const std::string& name, const std::string& cron,
         const std::string& zone) {
  auto rows = json::array();
  auto path = name.empty()
                  ? api_path({"scheduler", "nextFewSchedules"},
                             {{"cronExpression", cron}, {"zoneId", zone}})
                  : schedule_path(name);
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
  json body = {{"startTime", moment_of(from)}, {"endTime", moment_of(until)}};
  auto told
      = s.api().call_json("POST", schedule_path(name, "backfill"), body.dump());
  if (!told)
    return failed(told.failure());
  return s.show(*told, {{text_column("NAME", "name"),
                         number_column("INSTANTS", "instants"),
                         number_column("ALREADY FIRED", "alreadyFired")},
                        "name"});
}

int trigger(session& s, const std::string& name) {
  auto told = s.api().call_json("POST", schedule_path(name, "trigger"));
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

} // namespace schedule_detail

void add_schedule(CLI::App& app, session& s) {
  using namespace schedule_detail;
  auto* noun = app.add_subcommand("schedule", "start workflows at given times");
  noun->require_subcommand(1);
  add_schedule_create(*noun, s);

  auto name = std::make_shared<std::string>();
  auto text = std::make_shared<std::string>();
  auto* verb = noun->add_subcommand("list", "list schedules");
  examples(verb,
           {"tutti schedule list -o wide", "tutti schedule list --tag team=a"});
  auto* workflow
      = verb->add_option("--workflow", *text, "those that start this one");
  s.complete(workflow, workflow_names(s));
  auto tag = std::make_shared<std::string>();
  verb->add_option("--tag", *tag, "those with KEY=VALUE, or with any of KEY")
      ->excludes(workflow);
  verb->callback([&s, text, tag] { s.exit_code = list(s, *text, *tag); });

  auto add = [&](const char* word, const char* help, const char* example) {
    verb = noun->add_subcommand(word, help);
    examples(verb, {example});
    s.complete(verb->add_option("NAME", *name, "its name")->required(),
               schedule_names(s));
    return verb;
  };
  add("get", "show a schedule", "tutti schedule get nightly -o yaml")
      ->callback([&s, name] { s.exit_code = get(s, *name); });

  add_schedule_control(*noun, s);

  auto tags = std::make_shared<std::vector<std::string>>();
  auto replace = std::make_shared<bool>(false);
  add("tag", "show or change its tags",
      "tutti schedule tag nightly team=a env-")
      ->callback([&s, name, tags, replace] {
        s.exit_code = change_tags(s, schedule_path(*name, "tags"), *tags,
                                  *replace, nullptr);
      });
  add_tag_options(*verb, *tags, *replace);

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
