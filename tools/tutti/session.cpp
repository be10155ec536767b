#include "tools/tutti/session.hpp"

#include "tools/tutti/nouns/search.hpp"
#include "tools/tutti/nouns/store.hpp"

#include "tools/tutti/contexts.hpp"
#include "tools/tutti/duration_input.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <iostream>

namespace tutti::cli {

client& session::api() {
  if (client_)
    return *client_;
  auto* key = std::getenv("TUTTI_KEY");
  auto chosen
      = choose_server({server, context, key ? key : ""}, context_path());
  if (!chosen)
    throw ended_early{failed(
        chosen.failure().code == errc::not_found ? exit_not_found
                                                 : exit_misused,
        chosen.failure().message,
        "tutti context list, or name the node with --server or TUTTI_URL")};
  client_ = std::make_unique<client>(tidy_server(chosen->server), chosen->key);
  client_->hurry(hurried);
  if (auto ms = read_duration_ms(request_timeout))
    client_->give_up_after(*ms);
  return *client_;
}

int session::show(const nlohmann::json& answer, const view& as) const {
  canvas on{format(), stdout_columns(), colour_on_stdout()};
  std::cout << render(answer, as, on) << std::flush;
  if (is_table(on.format) && !as.none.empty() && rows_of(answer, as).empty())
    note(as.none);
  return exit_done;
}

namespace session_detail {

/// The texts of a list, or a member of its objects.
std::vector<std::string> texts(session& s, const std::string& path,
                               const char* key) {
  std::vector<std::string> out;
  auto answer = s.api().call_json("GET", path);
  if (answer && answer->is_array())
    for (auto& x : *answer)
      out.push_back(x.is_string() ? x.get<std::string>() : text_at(x, key));
  return out;
}

} // namespace session_detail

name_source workflow_names(session& s) {
  return [&s] {
    return session_detail::texts(s, api_path({"metadata", "workflow", "names"}),
                                 "name");
  };
}

name_source task_definition_names(session& s) {
  return [&s] {
    return session_detail::texts(s, api_path({"metadata", "taskdefs"}), "name");
  };
}

name_source newest_ids(session& s) {
  return [&s] {
    return session_detail::texts(
        s,
        api_path({"tutti", "executions"},
                 {{"running", "false"}, {"count", "50"}}),
        "workflowId");
  };
}

void examples(CLI::App* verb, std::initializer_list<const char*> lines) {
  std::string out = lines.size() == 1 ? "Example:" : "Examples:";
  for (auto* line : lines)
    out += std::string("\n  ") + line;
  verb->footer(out);
}

std::string definitions_path(std::initializer_list<std::string_view> segments,
                             bool strict) {
  query_parameters query;
  if (strict)
    query.emplace_back("strict", "true");
  return api_path(segments, query);
}

void note_warnings(session& s) {
  for (auto& x : s.api().take_warnings())
    note("warning: " + x);
}

void declare(CLI::App& app, session& s) {
  app.footer("The reference: tutti docs [TOPIC]; command-line is the page of "
             "this program");
  app.set_version_flag("--version", "tutti " TUTTI_VERSION);
  app.require_subcommand(1);
  app.fallthrough();
  app.add_option("-s,--server", s.server,
                 "address of the node; by default that of the context")
      ->envname("TUTTI_URL");
  app.add_option("--context", s.context, "a server from `tutti context list`")
      ->envname("TUTTI_CONTEXT");
  app.add_option("-o,--output", s.output, "how data is written to stdout")
      ->check(CLI::IsMember(format_names()))
      ->capture_default_str();
  app.add_option("--request-timeout", s.request_timeout,
                 "how long an answer may take; 60s by default")
      ->check(check_duration);
  app.add_flag("-y,--yes", s.yes, "do not ask for confirmation");
  app.add_flag("-q,--quiet", s.quiet, "no notes on stderr, errors alone");
  add_workflow(app, s);
  add_task(app, s);
  add_definition(app, s);
  add_import(app, s);
  add_queue(app, s);
  add_schedule(app, s);
  add_search(app, s);
  add_job(app, s);
  add_retention(app, s);
  add_worker(app, s);
  add_event_queue(app, s);
  add_incident(app, s);
  add_node(app, s);
  add_cluster(app, s);
  add_store(app, s);
  add_context(app, s);
  add_docs(app, s);
  add_completion(app, s);
}

} // namespace tutti::cli
