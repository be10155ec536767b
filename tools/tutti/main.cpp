#include "tools/tutti/completion.hpp"
#include "tools/tutti/misspelt.hpp"
#include "tools/tutti/output.hpp"
#include "tools/tutti/session.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <exception>
#include <iostream>

namespace {

using namespace tutti::cli;

bool asks_for_quiet(const std::vector<std::string>& words) {
  return std::ranges::any_of(
      words, [](auto& x) { return x == "-q" || x == "--quiet"; });
}

int run(std::vector<std::string> words) {
  session s;
  CLI::App app{"Starts, watches and repairs workflows on a Tutti node.",
               "tutti"};
  declare(app, s);

  if (!words.empty() && words.front() == "__complete")
    return print_candidates(app, s, {words.begin() + 1, words.end()});

  // Words after "--" are the command of `worker run`, not our options.
  auto dashes = std::find(words.begin(), words.end(), "--");
  if (dashes != words.end()
      && std::find(words.begin(), dashes, "worker") != dashes) {
    s.command.assign(dashes + 1, words.end());
    words.erase(dashes, words.end());
  }
  how_to_speak() = {asked_format(words), asks_for_quiet(words)};
  if (auto wrong = misspelt(app, words))
    return misused(wrong->message, wrong->next);
  auto command = command_of(app, words);
  std::reverse(words.begin(), words.end());
  try {
    app.parse(words);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0)
      return app.exit(e);
    return misused(e.what(), command + " --help");
  } catch (const ended_early& e) {
    return e.exit_code;
  } catch (const std::exception& e) {
    return failed(tutti::failure{tutti::errc::internal, e.what()},
                  "the same with other input; it is a fault of this program");
  }
  return s.exit_code;
}

} // namespace

// tutti <noun> <verb>: a client of the node's REST API, with no other access.
int main(int argc, char** argv) {
  auto code = run({argv + 1, argv + argc});
  std::cout.flush();
  if (!std::cout && code == exit_done)
    return failed(exit_failed, "stdout could not be written",
                  "a file or pipe that takes more");
  return code;
}
