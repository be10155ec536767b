#include "tools/tutti/definitions/plan.hpp"
#include "tools/tutti/definitions/source.hpp"
#include "tools/tutti/nouns/definition_verbs.hpp"
#include "tools/tutti/progress.hpp"
#include "tools/tutti/stop_signal.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>

namespace tutti::cli {

using nlohmann::json;

namespace definition_apply_detail {

/// The verb's input, or its end.
std::vector<definition> read_or_end(const apply_options& o) {
  auto all = read_definitions(o.files, {o.only});
  if (all)
    return std::move(*all);
  auto& why = all.failure();
  if (why.code == errc::invalid)
    throw ended_early{failed(why, "correct the file and try again")};
  if (why.code != errc::conflict)
    throw ended_early{
        misused(why.message, "files or folders with definitions, or -")};
  // The wrong verb for a file.
  auto* other
      = o.only == kind::task ? "tutti workflow apply" : "tutti task apply";
  throw ended_early{
      misused(why.message, std::string(other)
                               + " with its file, or tutti "
                                 "definition apply for all kinds")};
}

std::vector<planned> plan_or_end(registry& target,
                                 std::vector<definition> wanted, bool strict) {
  progress bar("comparing", wanted.size());
  auto plan = make_plan(target, std::move(wanted), {strict, true},
                        [&](size_t n) { bar.at(n); });
  if (!plan)
    throw ended_early{failed(plan.failure())};
  // With their places, which the node's own warnings do not know.
  for (auto& x : warnings_of(*plan))
    note("warning: " + x);
  return std::move(*plan);
}

size_t count(const std::vector<planned>& plan, verdict is) {
  return static_cast<size_t>(std::ranges::count(plan, is, &planned::is));
}

/// Says what was refused where the format has no place for it.
void say_refusals(const session& s, const std::vector<planned>& plan) {
  for (auto& x : plan)
    if (x.is == verdict::refused) {
      auto why = x.why;
      why.message
          = x.what.place() + text_of(x.what.name()) + ": " + why.message;
      for (auto& v : why.violations) {
        auto place = x.what.place(pointer_of(v.path));
        auto& shown = v.path.empty() ? v.message : v.path;
        shown.insert(0, place);
      }
      failed(why, s.json() ? "" : "correct what is named above and try again");
    }
}

} // namespace definition_apply_detail

int apply(session& s, const apply_options& o) {
  using namespace definition_apply_detail;
  registry target(s.api());
  auto plan = plan_or_end(target, read_or_end(o), o.strict);
  bool refused = count(plan, verdict::refused) > 0;
  if (refused)
    // All or nothing: half of what belongs together helps nobody.
    for (auto& x : plan)
      if (x.is == verdict::fresh || x.is == verdict::changed)
        x.is = verdict::held_back;
  int interrupted = 0;
  if (!refused && !o.dry_run) {
    stop_signal stop;
    progress bar("applying", plan.size());
    if (auto ok = carry_out(
            target, plan, o.strict, [&](size_t n) { bar.at(n); },
            [&] { return !stop.raised(); });
        !ok)
      return failed(ok.failure());
    interrupted = stop.exit_code();
  }
  auto code = exit_code_of(plan);
  s.show(rows_of(plan), plan_view());
  say_refusals(s, plan);
  if (o.dry_run)
    note("dry run, nothing was sent: " + summary_of(plan));
  else if (refused && count(plan, verdict::held_back) > 0)
    note("nothing was sent, because something was refused");
  return interrupted ? interrupted : code;
}

int diff(session& s, const apply_options& o) {
  using namespace definition_apply_detail;
  registry target(s.api());
  auto wanted = read_or_end(o);
  auto plan = make_plan(target, std::move(wanted), {false, false});
  if (!plan)
    return failed(plan.failure());
  std::erase_if(*plan, [](auto& x) { return x.is == verdict::unchanged; });
  if (!plan->empty() || !is_table(s.format()))
    s.show(rows_of(*plan), plan_view());
  say_refusals(s, *plan);
  if (count(*plan, verdict::refused) > 0)
    return exit_invalid;
  return plan->empty() ? exit_done : exit_failed;
}

int validate_files(session& s, const apply_options& o, bool local) {
  using namespace definition_apply_detail;
  auto all = read_or_end(o);
  auto rows = json::array();
  bool good = true;
  for (auto& x : all) {
    auto name = x.name();
    json row{{"kind", facts_of(x.which).word},
             {"name", name.name},
             {"file", x.in ? x.in->file() : ""},
             {"problems", json::array()}};
    if (name.version)
      row["version"] = *name.version;
    std::vector<violation> broken;
    if (local) {
      broken = broken_rules(x);
    } else if (auto ok = registry(s.api()).check(x, o.strict); !ok) {
      auto& why = ok.failure();
      if (why.code != errc::invalid)
        return failed(why);
      broken = why.violations;
      if (broken.empty())
        broken.push_back({"", why.message, {}});
    }
    auto unknown = unknown_fields(x);
    if (local && o.strict)
      std::ranges::move(unknown, std::back_inserter(broken));
    else
      for (auto& v : unknown)
        note("warning: " + x.place(pointer_of(v.path))
             + (v.path.empty() ? "" : v.path + ": ") + v.message);
    for (auto& v : broken) {
      auto pointer = x.pointer + pointer_of(v.path);
      auto at = x.in ? x.in->place_of(pointer) : text_place{};
      row["problems"].push_back({{"path", v.path},
                                 {"message", v.message},
                                 {"line", at.line},
                                 {"column", at.column}});
    }
    good = good && broken.empty();
    row["result"] = broken.empty() ? "valid" : "invalid";
    rows.push_back(std::move(row));
  }
  view lines{
      {text_column("KIND", "kind"), text_column("NAME", "name"),
       number_column("VERSION", "version"),
       made_column("RESULT",
                   [](const json& x) -> cell {
                     auto word = text_at(x, "result");
                     return {word, word == "valid" ? tone::good : tone::bad};
                   }),
       text_column("FILE", "file")},
      "name"};
  auto look = lines;
  look.detail = [lines](const json& all_rows, const canvas& on) {
    auto text = render(all_rows, lines, on);
    for (auto& x : all_rows)
      for (auto& problem : x.at("problems")) {
        auto path = text_at(problem, "path");
        text += '\n' + text_at(x, "file");
        for (auto* number : {"line", "column"})
          if (number_at(problem, number) > 0)
            text += ':' + std::to_string(number_at(problem, number));
        text += ": " + (path.empty() ? "" : path + ": ")
                + text_at(problem, "message") + '\n';
      }
    return text;
  };
  s.show(rows, look);
  if (good)
    return exit_done;
  return failed(exit_invalid, "not all of them are valid",
                "correct what is named above and try again");
}

CLI::App* add_apply(CLI::App& noun, session& s, std::optional<kind> only,
                    std::initializer_list<const char*> how) {
  auto o = std::make_shared<apply_options>();
  o->only = only;
  auto* verb = noun.add_subcommand(
      "apply", "register definitions; says what is new and what changed");
  examples(verb, how);
  verb->add_option("FILE", o->files,
                   "JSON or YAML, one or several; a folder; - is stdin")
      ->required();
  verb->add_flag("--strict", o->strict, "refuse unknown fields");
  verb->add_flag("--dry-run", o->dry_run, "only say what would change");
  if (!only)
    add_kind_option(*verb, o->only);
  verb->callback([=, &s] { s.exit_code = apply(s, *o); });
  return verb;
}

void add_workflow_apply(CLI::App& workflow, session& s) {
  add_apply(workflow, s, kind::workflow,
            {"tutti workflow apply greet.json",
             "tutti workflow apply workflows/ --dry-run"});
}

void add_task_apply(CLI::App& task, session& s) {
  add_apply(task, s, kind::task,
            {"tutti task apply tasks.yaml", "tutti task apply - < tasks.json"});
}

} // namespace tutti::cli
