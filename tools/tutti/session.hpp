#pragma once

#include "tools/tutti/client.hpp"
#include "tools/tutti/output.hpp"
#include "tools/tutti/rendering/view.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
} // namespace CLI

namespace tutti::cli {

/// Ends the verb with this exit code; what went wrong has been said.
struct ended_early {
  int exit_code;
};

/// The names that a word of the command line may be, for completion.
using name_source = std::function<std::vector<std::string>()>;

/// The global options, and the connection they give.
struct session {
  std::string server, context; ///< as given; empty: by the contexts
  std::string output = "table";
  bool yes = false, quiet = false;
  bool hurried = false;        ///< see client.hpp
  std::string request_timeout; ///< how long an answer may take
  /// The words after "--": the command of `worker run`.
  std::vector<std::string> command;
  int exit_code = 0;

  output_format format() const { return how_to_speak().format; }
  bool json() const { return is_json(format()); }
  /// Throws `ended_early` when no server can be chosen.
  client& api();

  /// Prints an answer in the format that was asked for: the one way to stdout
  /// for data. Returns `exit_done`.
  int show(const nlohmann::json& answer, const view& as) const;

  /// What Tab offers for this option or argument.
  void complete(CLI::Option* word, name_source names) {
    completions[word] = std::move(names);
  }
  std::map<const CLI::Option*, name_source> completions;

 private:
  std::unique_ptr<client> client_;
};

// Names that the node knows; nothing when it does not answer.
name_source workflow_names(session& s);
name_source task_definition_names(session& s);
/// The ids of the newest executions.
name_source newest_ids(session& s);

/// What help shows below the options: whole command lines.
void examples(CLI::App* verb, std::initializer_list<const char*> lines);

/// The path under which definitions are registered.
std::string definitions_path(std::initializer_list<std::string_view> segments,
                             bool strict);
/// Says what the server warned of.
void note_warnings(session& s);

/// Declares the options and all nouns.
void declare(CLI::App& app, session& s);

// Each adds a noun with its verbs. Verbs run while the arguments are parsed and
// leave their exit code in the session.
void add_workflow(CLI::App& app, session& s);
void add_workflow_apply(CLI::App& workflow, session& s);
void add_task_apply(CLI::App& task, session& s);
void add_definition(CLI::App& app, session& s);
void add_import(CLI::App& app, session& s);
void add_workflow_test(CLI::App& workflow, session& s);
void add_workflow_wait(CLI::App& workflow, session& s);
void add_workflow_control(CLI::App& workflow, session& s);
void add_task(CLI::App& app, session& s);
void add_queue(CLI::App& app, session& s);
void add_schedule(CLI::App& app, session& s);
void add_event_queue(CLI::App& app, session& s);
void add_incident(CLI::App& app, session& s);
void add_job(CLI::App& app, session& s);
void add_retention(CLI::App& app, session& s);
void add_node(CLI::App& app, session& s);
void add_cluster(CLI::App& app, session& s);
void add_worker(CLI::App& app, session& s);
void add_docs(CLI::App& app, session& s);
void add_context(CLI::App& app, session& s);
void add_completion(CLI::App& app, session& s);

} // namespace tutti::cli
