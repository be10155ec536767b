#include "messages/model/payload.hpp"
#include "tools/tutti/duration_input.hpp"
#include "tools/tutti/execution_view.hpp"
#include "tools/tutti/follow.hpp"
#include "tools/tutti/insight_view.hpp"
#include "tools/tutti/json_input.hpp"
#include "tools/tutti/listing.hpp"
#include "tools/tutti/nouns/search.hpp"
#include "tools/tutti/references.hpp"
#include "tools/tutti/session.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>

namespace tutti::cli {

using nlohmann::json;

namespace workflow_detail {

/// What the API answers at most.
constexpr size_t list_count_max = 10'000;
constexpr int64_t explain_count_max = 1'000;

constexpr auto ids_are_listed = "`tutti workflow list --all` lists ids";

struct list_options {
  listing what;
  std::string before, since;
  std::string query, text, correlation_id, cursor; ///< asked of the index
};

int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

int64_t moment(const std::string& text) {
  return text.empty() ? 0 : read_moment_ms(text, now_ms()).value_or(0);
}

bool needs_index(const list_options& o) {
  return !o.query.empty() || !o.text.empty() || !o.correlation_id.empty()
         || !o.cursor.empty();
}

/// The list of the store has no ends, reasons and correlation ids; they are the
/// index's, if the node has one.
bool wants_index(session& s, const list_options& o) {
  return s.format() == output_format::wide && o.before.empty()
         && bool(s.api().call("GET", api_path({"tutti", "index"})));
}

/// What only the search index knows.
int list_found(session& s, const list_options& o) {
  constexpr size_t page_max = 5'000; // of a search
  search_options x;
  x.query = o.query;
  x.text = o.text;
  x.correlation_id = o.correlation_id;
  x.cursor = o.cursor;
  if (!o.what.name.empty())
    x.types = {o.what.name};
  if (!o.what.status.empty())
    x.statuses = {o.what.status};
  else if (!needs_index(o) && !o.what.ended_too)
    x.statuses = {"RUNNING", "PAUSED"};
  if (o.what.version)
    x.query = (x.query.empty() ? "" : "(" + x.query + ") AND ")
              + "version = " + std::to_string(*o.what.version);
  if (!o.since.empty())
    x.since = std::to_string(moment(o.since));
  x.count = int64_t(std::min(o.what.count, page_max));
  return search(s, x);
}

int list(session& s, const list_options& o) {
  if (needs_index(o) || wants_index(s, o))
    return list_found(s, o);
  auto what = o.what;
  what.before = moment(o.before);
  what.since = moment(o.since);
  if (!what.status.empty() && what.status != "RUNNING"
      && what.status != "PAUSED")
    what.ended_too = true;
  auto found = list_executions(s.api(), what);
  if (!found)
    return failed(found.failure());
  auto look = executions_view();
  look.none = what.ended_too
                  ? "there are no executions"
                  : "nothing is running; --all shows finished executions too";
  auto code = s.show(found->items, look);
  if (found->more != 0)
    note((found->more < 0
              ? "older ones may not be shown"
              : std::to_string(found->more) + " older ones are not shown")
         + ": --before " + std::to_string(found->next_before));
  return code;
}

/// Calls `run` with the id of the execution that is meant.
template <class Run>
int with_id(session& s, const std::string& given, Run run) {
  auto id = execution_id(s.api(), given);
  return id ? run(*id) : failed(id.failure(), ids_are_listed);
}

int get(session& s, const std::string& given, bool with_input) {
  return with_id(s, given, [&](const std::string& id) {
    auto workflow = s.api().call_json("GET", api_path({"workflow", id}));
    if (!workflow)
      return failed(workflow.failure(), ids_are_listed);
    return s.show(*workflow, execution_view(with_input));
  });
}

int tasks(session& s, const std::string& given) {
  return with_id(s, given, [&](const std::string& id) {
    auto workflow = s.api().call_json("GET", api_path({"workflow", id}));
    if (!workflow)
      return failed(workflow.failure(), ids_are_listed);
    return s.show(list_at(*workflow, "tasks"), tasks_view());
  });
}

view variables_view() {
  view out{{text_column("NAME", "name"), value_column("VALUE", "value")},
           "name"};
  out.none = "it has no variables";
  out.rows = [](const json& all) {
    auto rows = json::array();
    for (auto& [name, value] : all.items())
      rows.push_back({{"name", name}, {"value", value}});
    return rows;
  };
  return out;
}

/// "NAME=VALUE": JSON where it is some, else a text.
result<json> read_settings(const std::vector<std::string>& settings) {
  auto out = json::object();
  for (auto& x : settings) {
    auto sign = x.find('=');
    if (sign == 0 || sign == x.npos)
      return failure{errc::invalid, "--set '" + x + "' is not NAME=VALUE"};
    auto value = x.substr(sign + 1);
    auto read = parse_json(value);
    out[x.substr(0, sign)] = read ? std::move(*read) : json(value);
  }
  return out;
}

int variables(session& s, const std::string& given,
              const std::vector<std::string>& settings) {
  auto changed = read_settings(settings);
  if (!changed)
    return misused(changed.failure().message, "--set n=1 --set name=Ada");
  return with_id(s, given, [&](const std::string& id) {
    auto answer
        = settings.empty()
              ? s.api().call_json("GET",
                                  api_path({"workflow", id, "status"},
                                           {{"includeVariables", "true"}}))
              : s.api().call_json("POST",
                                  api_path({"workflow", id, "variables"}),
                                  to_text(*changed));
    if (!answer)
      return failed(answer.failure(), ids_are_listed);
    return s.show(answer->value("variables", json::object()), variables_view());
  });
}

int history(session& s, const std::string& given, int64_t from, int64_t count) {
  return with_id(s, given, [&](const std::string& id) {
    query_parameters query{{"from", std::to_string(from)},
                           {"count", std::to_string(count)}};
    auto page = s.api().call_json("GET",
                                  api_path({"workflow", id, "history"}, query));
    if (!page)
      return failed(page.failure(), ids_are_listed);
    auto code = s.show(*page, history_view());
    if (auto next = number_at(*page, "next"); next > 0)
      note("there is more: --from " + std::to_string(next));
    return code;
  });
}

int explain(session& s, const std::string& given, int64_t count) {
  return with_id(s, given, [&](const std::string& id) {
    auto said = s.api().call_json("GET",
                                  api_path({"workflow", id, "explain"},
                                           {{"count", std::to_string(count)}}));
    if (!said)
      return failed(said.failure(), ids_are_listed);
    auto code = s.show(*said, explain_view());
    auto shown = int64_t(list_at(*said, "tasks").size());
    if (auto more = number_at(*said, "openTasks") - shown; more > 0)
      note(std::to_string(more) + " more open tasks are not shown: "
           + (count < explain_count_max
                  ? "--count " + std::to_string(explain_count_max)
                        + " shows more"
                  : "`tutti workflow get " + id + "` lists all of them"));
    return code;
  });
}

int watch(session& s, const std::string& given, const std::string& timeout) {
  return with_id(s, given, [&](const std::string& id) {
    follow_options how;
    if (!timeout.empty())
      how.timeout_ms = read_duration_ms(timeout);
    return follow(s, id, how);
  });
}

int start(session& s, const start_options& options, bool wait,
          const std::string& timeout) {
  auto request = start_request(options);
  if (!request)
    return misused(request.failure().message,
                   "--input '{\"key\": \"value\"}' or --input @file.json");
  auto id = s.api().call("POST", api_path({"workflow"}), to_text(*request));
  if (!id)
    return failed(id.failure(),
                  "`tutti workflow apply FILE` registers a definition");
  view look{{text_column("ID", "workflowId")}, "workflowId"};
  look.detail = [](const json& x, const canvas&) {
    return text_at(x, "workflowId") + '\n';
  };
  auto tell = [&] { s.show(json{{"workflowId", *id}}, look); };
  if (!wait) {
    tell();
    return exit_done;
  }
  follow_options how{.changes = false, .begun = tell};
  if (!timeout.empty())
    how.timeout_ms = read_duration_ms(timeout);
  auto code = follow(s, *id, how);
  if (code == exit_unsuccessful || code == exit_not_found)
    note("it did not complete; see `tutti workflow get " + *id + "`");
  return code;
}

void add_start(CLI::App& noun, session& s) {
  auto* verb = noun.add_subcommand("start", "start one; prints its id");
  examples(verb, {"tutti workflow start greet -i '{\"name\": \"Ada\"}'",
                  "tutti workflow start greet -i @input.json --wait "
                  "--timeout 5m"});
  auto with = std::make_shared<start_options>();
  auto wait = std::make_shared<bool>(false);
  auto timeout = std::make_shared<std::string>();
  s.complete(
      verb->add_option("NAME", with->name, "of the definition")->required(),
      workflow_names(s));
  verb->add_option("-i,--input", with->input,
                   "JSON object, @FILE, or @- for stdin");
  verb->add_option("--version", with->version, "latest by default");
  verb->add_option("--correlation-id", with->correlation_id,
                   "an id of your own");
  verb->add_option("--priority", with->priority, "0 to 99, higher first")
      ->check(CLI::Range(0, 99));
  verb->add_option("--domain", with->domains,
                   "TASK=DOMAIN, which workers get which task")
      ->take_all();
  auto* waits = verb->add_flag("-w,--wait", *wait,
                               "wait until it ends; fails unless COMPLETED");
  verb->add_option("--timeout", *timeout, "how long to wait: 90s, 5m, 2h")
      ->check(check_duration)
      ->needs(waits);
  verb->callback([=, &s] { s.exit_code = start(s, *with, *wait, *timeout); });
}

void add_list(CLI::App& noun, session& s) {
  auto* verb
      = noun.add_subcommand("list", "list executions, by default running ones");
  examples(verb, {"tutti workflow list greet --status FAILED --since 1h",
                  "tutti workflow list --correlation-id order-7 -o wide",
                  "tutti workflow list -a -o csv > executions.csv",
                  "tutti workflow retry $(tutti workflow list --status FAILED "
                  "-o name)"});
  auto o = std::make_shared<list_options>();
  o->what.count = list_count_max;
  s.complete(verb->add_option("NAME", o->what.name, "only of this workflow"),
             workflow_names(s));
  verb->add_option("--version", o->what.version, "only of this version");
  verb->add_option("--status", o->what.status, "only those in this status")
      ->transform(CLI::IsMember({"RUNNING", "PAUSED", "COMPLETED", "FAILED",
                                 "TIMED_OUT", "TERMINATED"},
                                CLI::ignore_case));
  verb->add_flag("-a,--all", o->what.ended_too, "ended ones, too");
  verb->add_option("--query", o->query,
                   "conditions as of `tutti search`; ended ones, too");
  verb->add_option("--text", o->text,
                   "words in input, output and reason; ended ones, too");
  verb->add_option("--correlation-id", o->correlation_id,
                   "with this one; ended ones, too");
  verb->add_option("--cursor", o->cursor, "where the last page of these ended");
  verb->add_option("--since", o->since,
                   "created at that time or later: 2h (ago), 2026-03-01")
      ->check(check_moment);
  verb->add_option("--before", o->before,
                   "created before that time; epoch ms, too")
      ->check(check_moment);
  verb->add_option("--count", o->what.count,
                   "how many are shown, 10000 at most; more when several were "
                   "created in one millisecond")
      ->check(CLI::Range(size_t{1}, list_count_max))
      ->capture_default_str();
  verb->callback([=, &s] { s.exit_code = list(s, *o); });
}

} // namespace workflow_detail

void add_workflow(CLI::App& app, session& s) {
  using namespace workflow_detail;
  auto* noun = app.add_subcommand("workflow", "definitions and executions");
  noun->require_subcommand(1);
  add_workflow_apply(*noun, s);
  add_start(*noun, s);
  add_list(*noun, s);

  auto id = std::make_shared<std::string>();
  auto add = [&](const char* name, const char* help) {
    auto* verb = noun->add_subcommand(name, help);
    s.complete(verb->add_option("ID", *id, "of the execution, or how it begins")
                   ->required(),
               newest_ids(s));
    return verb;
  };
  auto with_input = std::make_shared<bool>(false);
  auto* verb = add("get", "one execution with its tasks");
  verb->add_flag("--with-input", *with_input, "print its input too");
  examples(verb, {"tutti workflow get 3f2a91c0 -o wide",
                  "tutti workflow get ID -o json | jq .output"});
  verb->callback([=, &s] { s.exit_code = get(s, *id, *with_input); });

  verb = add("tasks", "its tasks, a row each");
  examples(verb, {"tutti workflow tasks ID -o wide"});
  verb->callback([=, &s] { s.exit_code = tasks(s, *id); });

  verb = add("vars", "its variables; --set changes some");
  examples(verb, {"tutti workflow vars ID -o yaml",
                  "tutti workflow vars ID --set n=1 --set name=Ada"});
  auto settings = std::make_shared<std::vector<std::string>>();
  verb->add_option("--set", *settings, "NAME=VALUE; JSON, or a text")
      ->allow_extra_args(false);
  verb->callback([=, &s] { s.exit_code = variables(s, *id, *settings); });

  auto from = std::make_shared<int64_t>(1);
  auto count = std::make_shared<int64_t>(100);
  verb = add("history", "what happened, when, and by whom");
  verb->add_option("--from", *from, "the first revision of the page");
  verb->add_option("--count", *count, "revisions of the page, 1000 at most");
  examples(verb, {"tutti workflow history ID --count 1000 -o ndjson"});
  verb->callback([=, &s] { s.exit_code = history(s, *id, *from, *count); });

  verb = add("explain", "what each open task waits for");
  auto open = std::make_shared<int64_t>(100);
  verb->add_option("--count", *open, "open tasks shown, 1000 at most")
      ->check(CLI::Range(int64_t{1}, explain_count_max))
      ->capture_default_str();
  examples(verb, {"tutti workflow explain ID"});
  verb->callback([=, &s] { s.exit_code = explain(s, *id, *open); });

  verb = add("watch", "print its changes until it ends");
  auto timeout = std::make_shared<std::string>();
  verb->add_option("--timeout", *timeout, "how long at most: 90s, 5m, 2h")
      ->check(check_duration);
  examples(verb, {"tutti workflow watch ID --timeout 10m"});
  verb->callback([=, &s] { s.exit_code = watch(s, *id, *timeout); });

  add_workflow_test(*noun, s);
  add_workflow_wait(*noun, s);
  add_workflow_control(*noun, s);
}

} // namespace tutti::cli
