#include "tools/tutti/output.hpp"

#include <nlohmann/json.hpp>

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <iostream>

namespace tutti::cli {

namespace output_detail {

std::string_view next_step(errc code) {
  switch (code) {
    case errc::unavailable:
      return "is a node running? start one with tools/run, or name another "
             "with --server or TUTTI_URL";
    case errc::not_found:
      return "check the name: `tutti workflow list --all` shows executions, "
             "`tutti task list` task definitions";
    case errc::conflict:
      return "look at its state first: `tutti workflow get ID`";
    case errc::invalid:
      return "correct what is named above and try again";
    case errc::forbidden:
      return "ask whoever runs the server for access";
    case errc::too_large:
    case errc::too_many:
      return "send less at once, or raise the server's limit";
    case errc::illegal_state: // see client.hpp
      return "name the node with --server or TUTTI_URL";
    case errc::internal:
      return "see the log of the node";
  }
  return {};
}

void say(std::string_view why, std::string_view next) {
  std::cout.flush();
  std::cerr << "tutti: " << why << "\n";
  if (!next.empty())
    std::cerr << "try: " << next << "\n";
}

} // namespace output_detail

bool colour_on_stdout() {
  static const bool yes = isatty(STDOUT_FILENO) && !std::getenv("NO_COLOR");
  return yes;
}

size_t stdout_columns() {
  winsize size{};
  if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0)
    return 0;
  return size.ws_col;
}

void print(const table& rows) {
  std::cout << rows.render(stdout_columns(), colour_on_stdout());
}

void print(const nlohmann::json& value) {
  std::cout << value.dump(2, ' ', false,
                          nlohmann::json::error_handler_t::replace)
            << '\n';
}

void print_line(std::string_view text) {
  std::cout << text << '\n' << std::flush;
}

void note(std::string_view text) {
  std::cout.flush();
  // One write: lines of several workers must not mix.
  std::string line(text);
  line += '\n';
  std::cerr << line;
}

int failed(const failure& why, std::string_view next) {
  std::string text = why.message;
  for (auto& v : why.violations)
    text += "\n  " + (v.path.empty() ? "" : v.path + ": ") + v.message;
  bool elsewhere
      = why.code == errc::unavailable || why.code == errc::illegal_state;
  output_detail::say(text, next.empty() || elsewhere
                               ? output_detail::next_step(why.code)
                               : next);
  return why.code == errc::not_found ? exit_not_found : exit_failed;
}

int misused(std::string_view why, std::string_view next) {
  output_detail::say(why, next);
  return exit_misused;
}

bool confirmed(std::string_view what, bool yes) {
  if (yes)
    return true;
  if (!isatty(STDIN_FILENO)) {
    misused(std::string(what)
                + " needs a confirmation, but there is no "
                  "terminal",
            "the same with --yes");
    return false;
  }
  std::cerr << what << "? [y/N] " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  if (answer == "y" || answer == "Y" || answer == "yes")
    return true;
  note("nothing was changed");
  return false;
}

std::string time_text(int64_t epoch_ms) {
  if (epoch_ms <= 0)
    return "-";
  auto seconds = static_cast<time_t>(epoch_ms / 1000);
  tm parts{};
  localtime_r(&seconds, &parts);
  char text[32];
  auto n = std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts);
  return std::string(text, n);
}

std::string duration_text(int64_t ms) {
  if (ms < 0)
    return "-";
  if (ms < 1'000)
    return std::to_string(ms) + " ms";
  if (ms < 60'000)
    return std::to_string(ms / 1'000) + "." + std::to_string(ms % 1'000 / 100)
           + " s";
  auto two
      = [](int64_t much, const char* big, int64_t rest, const char* small) {
          auto text = std::to_string(much) + big;
          return rest == 0 ? text : text + " " + std::to_string(rest) + small;
        };
  auto s = ms / 1'000;
  if (s < 3'600)
    return two(s / 60, " min", s % 60, " s");
  return two(s / 3'600, " h", s / 60 % 60, " min");
}

std::string text_at(const nlohmann::json& object, const char* key) {
  if (!object.is_object())
    return {};
  auto i = object.find(key);
  return i != object.end() && i->is_string() ? i->get<std::string>() : "";
}

int64_t number_at(const nlohmann::json& object, const char* key) {
  if (!object.is_object())
    return 0;
  auto i = object.find(key);
  return i != object.end() && i->is_number() ? i->get<int64_t>() : 0;
}

} // namespace tutti::cli
