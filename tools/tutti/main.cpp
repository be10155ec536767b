#include "tools/tutti/misspelt.hpp"
#include "tools/tutti/output.hpp"
#include "tools/tutti/session.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <exception>
#include <iostream>

// tutti <noun> <verb>: a client of the node's REST API, with no other access.
int main(int argc, char** argv) {
  using namespace tutti::cli;
  session s;
  CLI::App app{"Starts, watches and repairs workflows on a Tutti node.",
               "tutti"};
  app.footer("The reference: tutti docs [TOPIC]");
  app.set_version_flag("--version", "tutti " TUTTI_VERSION);
  app.require_subcommand(1);
  app.fallthrough();
  app.add_option("-s,--server", s.server, "address of the node")
      ->envname("TUTTI_URL")
      ->capture_default_str();
  app.add_option("-o,--output", s.output, "what is written to stdout")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  app.add_flag("-y,--yes", s.yes, "do not ask for confirmation");
  add_workflow(app, s);
  add_task(app, s);
  add_queue(app, s);
  add_worker(app, s);
  add_incident(app, s);
  add_node(app, s);
  add_docs(app, s);

  // Words after "--" are the command of `worker run`, not our options.
  std::vector<std::string> words(argv + 1, argv + argc);
  auto dashes = std::find(words.begin(), words.end(), "--");
  if (dashes != words.end()
      && std::find(words.begin(), dashes, "worker") != dashes) {
    s.command.assign(dashes + 1, words.end());
    words.erase(dashes, words.end());
  }
  if (auto wrong = misspelt(app, words))
    return misused(wrong->message, wrong->next);
  std::reverse(words.begin(), words.end());
  try {
    app.parse(words);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0)
      return app.exit(e);
    return misused(e.what(), "tutti --help, or --help after any noun and verb");
  } catch (const std::exception& e) {
    return failed(tutti::failure{tutti::errc::internal, e.what()},
                  "the same with other input; it is a fault of this program");
  }
  std::cout.flush();
  if (!std::cout && s.exit_code == exit_done) {
    note("tutti: stdout could not be written");
    return exit_failed;
  }
  return s.exit_code;
}
