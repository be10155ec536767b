#include "messages/model/payload.hpp"
#include "tools/tutti/execution_view.hpp"
#include "tools/tutti/follow.hpp"
#include "tools/tutti/insight_view.hpp"
#include "tools/tutti/json_input.hpp"
#include "tools/tutti/output.hpp"
#include "tools/tutti/session.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <iostream>

namespace tutti::cli {

using nlohmann::json;

namespace workflow_detail {

/// What the API answers at most.
constexpr int64_t list_count_max = 10'000, explain_count_max = 1'000;

int register_all(session& s, const std::vector<std::string>& files,
                 bool strict) {
  auto definitions = read_documents(files);
  if (!definitions)
    return misused(definitions.failure().message,
                   "a file with a workflow definition, or a list of them");
  for (auto& x : *definitions)
    if (looks_like(x) == definition_kind::task)
      return misused("'" + text_at(x, "name")
                         + "' is the definition of a task, not of a workflow",
                     "tutti task apply with its file");
  auto answer = s.api().call_json(
      "PUT", definitions_path({"metadata", "workflow"}, strict),
      to_text(*definitions));
  note_warnings(s);
  if (!answer)
    return failed(answer.failure());
  if (s.json()) {
    print(*answer);
  }
  auto errors = answer->is_object() && answer->contains("bulkErrorResults")
                    ? answer->at("bulkErrorResults")
                    : json::object();
  table rows({"WORKFLOW", "VERSION", "RESULT"});
  for (auto& d : *definitions) {
    auto name = text_at(d, "name");
    auto why = text_at(errors, name.c_str());
    rows.add(
        {name,
         std::to_string(d.contains("version") ? number_at(d, "version") : 1),
         why.empty() ? cell("registered", tone::good) : cell(why, tone::bad)});
  }
  if (!s.json())
    print(rows);
  return errors.empty() ? exit_done : exit_failed;
}

int list(session& s, const std::string& name, bool all, int64_t count,
         int64_t before) {
  query_parameters query{{"running", all ? "false" : "true"},
                         {"count", std::to_string(count)}};
  if (!name.empty())
    query.emplace_back("name", name);
  if (before > 0)
    query.emplace_back("before", std::to_string(before));
  auto answer
      = s.api().call_json("GET", api_path({"tutti", "executions"}, query));
  if (!answer)
    return failed(answer.failure());
  auto more = s.api().total() - int64_t(answer->size());
  auto say_more = [&] {
    if (more <= 0)
      return;
    auto text = std::to_string(more) + " older ones are not shown";
    if (!answer->empty())
      text += ": --before "
              + std::to_string(number_at(answer->back(), "createTime"));
    note(text);
  };
  if (s.json()) {
    say_more();
    print(*answer);
    return exit_done;
  }
  table rows({"ID", "WORKFLOW", "VERSION", "STATUS", "STARTED"});
  if (answer->is_array())
    for (auto& x : *answer) {
      auto status = text_at(x, "status");
      rows.add({text_at(x, "workflowId"),
                text_at(x, "workflowType"),
                std::to_string(number_at(x, "version")),
                {status, tone_of(status)},
                time_text(number_at(x, "createTime"))});
    }
  print(rows);
  say_more();
  if (rows.empty())
    note(all ? "there are no executions"
             : "nothing is running; --all shows finished executions too");
  return exit_done;
}

int get(session& s, const std::string& id, bool with_input) {
  auto workflow = s.api().call_json("GET", api_path({"workflow", id}));
  if (!workflow)
    return failed(workflow.failure(), "`tutti workflow list --all` lists ids");
  if (s.json()) {
    print(*workflow);
    return exit_done;
  }
  std::cout << header_of(*workflow, colour_on_stdout()) << '\n';
  print(tasks_of(*workflow));
  for (const char* part : {"input", "output"}) {
    if (std::string_view(part) == "input" && !with_input)
      continue;
    auto i = workflow->find(part);
    if (i == workflow->end() || !i->is_object() || i->empty())
      continue;
    std::cout << '\n' << part << '\n';
    print(*i);
  }
  return exit_done;
}

int start(session& s, const start_options& options, bool wait) {
  auto request = start_request(options);
  if (!request)
    return misused(request.failure().message,
                   "--input '{\"key\": \"value\"}' or --input @file.json");
  auto id = s.api().call("POST", api_path({"workflow"}), to_text(*request));
  if (!id)
    return failed(id.failure(),
                  "`tutti workflow apply FILE` registers a definition");
  if (s.json())
    print(json{{"workflowId", *id}});
  else
    print_line(*id);
  if (!wait)
    return exit_done;
  auto code = follow(s, *id, false);
  if (code == exit_failed || code == exit_not_found)
    note("it did not complete; see `tutti workflow get " + *id + "`");
  return code;
}

int history(session& s, const std::string& id, int64_t from, int64_t count) {
  query_parameters query{{"from", std::to_string(from)},
                         {"count", std::to_string(count)}};
  auto page
      = s.api().call_json("GET", api_path({"workflow", id, "history"}, query));
  if (!page)
    return failed(page.failure(), "`tutti workflow list --all` lists ids");
  if (s.json()) {
    print(*page);
    return exit_done;
  }
  print(history_rows(*page));
  if (auto next = number_at(*page, "next"); next > 0)
    note("there is more: --from " + std::to_string(next));
  return exit_done;
}

int explain(session& s, const std::string& id, int64_t count) {
  auto said
      = s.api().call_json("GET", api_path({"workflow", id, "explain"},
                                          {{"count", std::to_string(count)}}));
  if (!said)
    return failed(said.failure(), "`tutti workflow list --all` lists ids");
  if (s.json()) {
    print(*said);
    return exit_done;
  }
  print_line(text_at(*said, "text"));
  if (auto rows = explain_rows(*said); !rows.empty())
    print(rows);
  auto shown = said->contains("tasks") ? int64_t(said->at("tasks").size()) : 0;
  if (auto more = number_at(*said, "openTasks") - shown; more > 0)
    note(std::to_string(more) + " more open tasks are not shown: "
         + (count < explain_count_max
                ? "--count " + std::to_string(explain_count_max) + " shows more"
                : "`tutti workflow get " + id + "` lists all of them"));
  return exit_done;
}

} // namespace workflow_detail

void add_workflow(CLI::App& app, session& s) {
  using namespace workflow_detail;
  auto* noun = app.add_subcommand("workflow", "definitions and executions");
  noun->require_subcommand(1);

  auto files = std::make_shared<std::vector<std::string>>();
  auto* verb = noun->add_subcommand("apply", "register definitions");
  verb->add_option("FILE", *files,
                   "JSON of one definition or a list; - is stdin")
      ->required();
  auto strict = std::make_shared<bool>(false);
  verb->add_flag("--strict", *strict, "refuse unknown fields");
  verb->callback([=, &s] { s.exit_code = register_all(s, *files, *strict); });

  auto name = std::make_shared<std::string>();
  auto all = std::make_shared<bool>(false);
  verb = noun->add_subcommand("list",
                              "list executions, by default running ones");
  verb->add_option("NAME", *name, "only of this workflow");
  verb->add_flag("-a,--all", *all, "ended ones, too");
  auto rows = std::make_shared<int64_t>(list_count_max);
  verb->add_option("--count", *rows, "how many are shown, 10000 at most")
      ->check(CLI::Range(int64_t{1}, list_count_max))
      ->capture_default_str();
  auto before = std::make_shared<int64_t>(0);
  verb->add_option("--before", *before,
                   "only those created before this time, epoch ms");
  verb->callback(
      [=, &s] { s.exit_code = list(s, *name, *all, *rows, *before); });

  auto id = std::make_shared<std::string>();
  auto with_input = std::make_shared<bool>(false);
  verb = noun->add_subcommand("get", "one execution with its tasks");
  verb->add_option("ID", *id, "of the execution")->required();
  verb->add_flag("--with-input", *with_input, "print its input too");
  verb->callback([=, &s] { s.exit_code = get(s, *id, *with_input); });

  auto from = std::make_shared<int64_t>(1);
  auto count = std::make_shared<int64_t>(100);
  verb = noun->add_subcommand("history", "what happened, when, and by whom");
  verb->add_option("ID", *id, "of the execution")->required();
  verb->add_option("--from", *from, "the first revision of the page");
  verb->add_option("--count", *count, "revisions of the page, 1000 at most");
  verb->callback([=, &s] { s.exit_code = history(s, *id, *from, *count); });

  verb = noun->add_subcommand("explain", "what each open task waits for");
  verb->add_option("ID", *id, "of the execution")->required();
  auto open = std::make_shared<int64_t>(100);
  verb->add_option("--count", *open, "open tasks shown, 1000 at most")
      ->check(CLI::Range(int64_t{1}, explain_count_max))
      ->capture_default_str();
  verb->callback([=, &s] { s.exit_code = explain(s, *id, *open); });

  auto start_with = std::make_shared<start_options>();
  auto wait = std::make_shared<bool>(false);
  verb = noun->add_subcommand("start", "start one; prints its id");
  verb->add_option("NAME", start_with->name, "of the definition")->required();
  verb->add_option("-i,--input", start_with->input,
                   "JSON object, @FILE, or @- for stdin");
  verb->add_option("--version", start_with->version, "latest by default");
  verb->add_option("--correlation-id", start_with->correlation_id,
                   "an id of your own");
  verb->add_option("--priority", start_with->priority, "0 to 99, higher first")
      ->check(CLI::Range(0, 99));
  verb->add_option("--domain", start_with->domains,
                   "TASK=DOMAIN, which workers get which task")
      ->take_all();
  verb->add_flag("-w,--wait", *wait,
                 "wait until it ends; fails unless COMPLETED");
  verb->callback([=, &s] { s.exit_code = start(s, *start_with, *wait); });

  verb = noun->add_subcommand("watch", "print its changes until it ends");
  verb->add_option("ID", *id, "of the execution")->required();
  verb->callback([=, &s] { s.exit_code = follow(s, *id, true); });

  add_workflow_test(*noun, s);
  add_workflow_control(*noun, s);
}

} // namespace tutti::cli
