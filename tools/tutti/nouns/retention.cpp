#include "tools/tutti/session.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace tutti::cli {

using nlohmann::json;

namespace retention_detail {

struct options {
  std::string name;
  int64_t count = 100, before = 0;
  bool dry_run = false;
};

cell name_of(const json& policy) {
  auto name = text_at(policy, "workflowType");
  return name.empty() ? cell("(all others)", tone::dim) : cell(name);
}

view policies() {
  view out{{made_column("WORKFLOW", name_of), text_column("STATUS", "status"),
            duration_column("AFTER", "ageMs"),
            value_column("ARCHIVE", "archive")}};
  out.rows = [](const json& answer) {
    return answer.value("policies", json::array());
  };
  out.none = "nothing is removed: there is no policy (`tutti docs retention`)";
  return out;
}

view counted() {
  view out{{made_column("WORKFLOW", name_of), text_column("STATUS", "status"),
            duration_column("AFTER", "ageMs"),
            number_column("MATCHED", "matched"),
            time_column("OLDEST END", "oldestEndTime"),
            value_column("ARCHIVE", "archive")}};
  out.none = "nothing is removed: there is no policy (`tutti docs retention`)";
  return out;
}

view progress() {
  view out{
      {text_column("STATUS", "status"), time_column("STARTED", "startTime"),
       time_column("ENDED", "endTime"), number_column("REMOVED", "removed"),
       number_column("FAILED", "failed"),
       number_column("BYTES BEFORE", "bytesBefore"),
       number_column("BYTES FREED", "bytesFreed"),
       text_column("WHY", "error")}};
  out.rows = [](const json& answer) {
    auto run = answer.find("run");
    bool none = run == answer.end() || !run->is_object();
    return none ? json::array() : json::array({*run});
  };
  out.none = "it has not run since the node started";
  return out;
}

int read(session& s, const view& as) {
  auto answer = s.api().call_json("GET", api_path({"tutti", "retention"}));
  if (!answer)
    return failed(answer.failure());
  return s.show(*answer, as);
}

int run(session& s, const options& o) {
  if (!o.dry_run && !confirmed("remove executions whose time is over", s.yes))
    return exit_misused;
  auto answer = s.api().call_json(
      "POST", api_path({"tutti", "retention", "run"},
                       {{"dryRun", o.dry_run ? "true" : "false"}}));
  if (!answer)
    return failed(answer.failure(), "`tutti retention status`");
  return s.show(*answer, o.dry_run ? counted() : progress());
}

int archive(session& s, const options& o) {
  query_parameters query{{"count", std::to_string(o.count)}};
  if (!o.name.empty())
    query.emplace_back("name", o.name);
  if (o.before > 0)
    query.emplace_back("before", std::to_string(o.before));
  auto answer = s.api().call_json(
      "GET", api_path({"tutti", "retention", "archive"}, query));
  if (!answer)
    return failed(answer.failure());
  view look{{text_column("ID", "workflowId"),
             text_column("WORKFLOW", "workflowType"),
             status_column("STATUS", "status"), time_column("ENDED", "endTime"),
             time_column("ARCHIVED", "archiveTime"),
             wide(number_column("VERSION", "version")),
             wide(text_column("CORRELATION", "correlationId"))},
            "workflowId"};
  look.none = "the archive is empty";
  auto code = s.show(*answer, look);
  if (answer->is_array() && int64_t(answer->size()) == o.count)
    note("there may be more: --before "
         + std::to_string(number_at(answer->back(), "endTime")));
  return code;
}

} // namespace retention_detail

void add_retention(CLI::App& app, session& s) {
  using namespace retention_detail;
  auto* noun = app.add_subcommand("retention",
                                  "how long executions stay that have ended");
  noun->require_subcommand(1);
  auto o = std::make_shared<options>();
  auto add
      = [&](const char* name, const char* help, const char* example, auto run) {
          auto* verb = noun->add_subcommand(name, help);
          examples(verb, {example});
          verb->callback([=, &s] { s.exit_code = run(s, *o); });
          return verb;
        };
  add("show", "the policies in force", "tutti retention show",
      [](session& s, const options&) { return read(s, policies()); });
  add("status", "the present or last run", "tutti retention status -o json",
      [](session& s, const options&) { return read(s, progress()); });
  add("run", "remove now what no policy keeps", "tutti retention run --dry-run",
      run)
      ->add_flag("--dry-run", o->dry_run, "only count");
  auto* verb = add("archive", "executions that were archived and removed",
                   "tutti retention archive --name order", archive);
  verb->add_option("--name", o->name, "of the workflow");
  verb->add_option("--count", o->count, "at most")->check(CLI::PositiveNumber);
  verb->add_option("--before", o->before, "ended before, epoch ms")
      ->check(CLI::PositiveNumber);
}

} // namespace tutti::cli
