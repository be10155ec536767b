#pragma once

#include "tools/tutti/client.hpp"

#include <memory>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace tutti::cli {

/// The global options, and the connection they give.
struct session {
  std::string server = "http://127.0.0.1:8080";
  std::string output = "table";
  bool yes = false;
  /// The words after "--": the command of `worker run`.
  std::vector<std::string> command;
  int exit_code = 0;

  bool json() const { return output == "json"; }
  client& api();

 private:
  std::unique_ptr<client> client_;
};

/// The path under which definitions are registered.
std::string definitions_path(std::initializer_list<std::string_view> segments,
                             bool strict);
/// Says what the server warned of.
void note_warnings(session& s);

// Each adds a noun with its verbs. Verbs run while the arguments are parsed and
// leave their exit code in the session.
void add_workflow(CLI::App& app, session& s);
void add_workflow_test(CLI::App& workflow, session& s);
void add_workflow_control(CLI::App& workflow, session& s);
void add_task(CLI::App& app, session& s);
void add_queue(CLI::App& app, session& s);
void add_incident(CLI::App& app, session& s);
void add_node(CLI::App& app, session& s);
void add_worker(CLI::App& app, session& s);
void add_docs(CLI::App& app, session& s);

} // namespace tutti::cli
