#include "messages/model/payload.hpp"
#include "tools/tutti/nouns/schedule_parts.hpp"
#include "tools/tutti/stop_signal.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <functional>

namespace tutti::cli {

using nlohmann::json;

namespace schedule_control_detail {

struct options {
  std::vector<std::string> names;
  std::string reason;
  bool all = false, dry_run = false;
};

/// The names that are meant; with `--all` every schedule that there is.
result<std::vector<std::string>> named(session& s, const options& o) {
  if (!o.all)
    return o.names;
  auto all = s.api().call_json("GET", api_path({"scheduler", "schedules"}));
  if (!all)
    return all.failure();
  std::vector<std::string> out;
  for (auto& x : *all)
    out.push_back(text_at(x, "name"));
  return out;
}

using request_of
    = std::function<result<std::string>(client&, const std::string& name)>;

/// The same to each of them; a failure is told, and the others go on.
int act(session& s, const options& o, const char* verb, const char* done,
        bool destroys, const request_of& send) {
  if (o.names.empty() == !o.all)
    return misused("schedules are named, or all with --all",
                   std::string("tutti schedule ") + verb + " NAME...");
  auto names = named(s, o);
  if (!names)
    return failed(names.failure());
  auto what = names->size() == 1 ? "schedule '" + names->front() + "'"
                                 : std::to_string(names->size()) + " schedules";
  if (!o.dry_run && !names->empty() && (destroys || o.all)
      && !confirmed(std::string(verb) + ' ' + what, s.yes))
    return exit_misused;
  stop_signal stop;
  exit_tally tally;
  auto rows = json::array();
  for (auto& name : *names) {
    if (stop.raised())
      break;
    auto answer = o.dry_run ? s.api().call("GET", schedule_path(name))
                            : send(s.api(), name);
    if (!answer) {
      tally.add(failed(answer.failure(), "`tutti schedule list` shows them"));
      continue;
    }
    tally.add(exit_done);
    rows.push_back(
        {{"name", name},
         {"result", o.dry_run ? std::string("would ") + verb : done}});
  }
  view look{{text_column("NAME", "name"), text_column("RESULT", "result")},
            "name"};
  look.none = "nothing was done";
  s.show(rows, look);
  return stop.raised() ? stop.exit_code() : tally.exit_code();
}

} // namespace schedule_control_detail

void add_schedule_control(CLI::App& noun, session& s) {
  using namespace schedule_control_detail;
  auto o = std::make_shared<options>();
  auto add = [&](const char* word, const char* help, const char* done,
                 std::initializer_list<const char*> how, bool destroys,
                 const request_of& send) {
    auto* verb = noun.add_subcommand(word, help);
    examples(verb, how);
    s.complete(verb->add_option("NAME", o->names, "one or more schedules"),
               schedule_names(s));
    verb->add_flag("--all", o->all, "every schedule");
    verb->add_flag("--dry-run", o->dry_run, "only say what it would do");
    verb->callback(
        [=, &s] { s.exit_code = act(s, *o, word, done, destroys, send); });
    return verb;
  };
  add("pause", "fire no more until it is resumed", "paused",
      {"tutti schedule pause nightly --reason holiday",
       "tutti schedule pause --all --yes"},
      false,
      [o](client& api, const std::string& name) {
        query_parameters query;
        if (!o->reason.empty())
          query.emplace_back("reason", o->reason);
        return api.call("PUT", schedule_path(name, "pause", query));
      })
      ->add_option("--reason", o->reason, "why; shown with the schedule");
  add("resume", "fire again", "resumed", {"tutti schedule resume nightly"},
      false, [](client& api, const std::string& name) {
        return api.call("PUT", schedule_path(name, "resume"));
      });
  add("delete", "delete a schedule; its executions go on", "deleted",
      {"tutti schedule delete nightly --yes"}, true,
      [](client& api, const std::string& name) {
        // A name that nobody has is no error to Conductor; to people it is one.
        auto there = api.call("GET", schedule_path(name));
        return there ? api.call("DELETE", schedule_path(name)) : there;
      });
}

} // namespace tutti::cli
