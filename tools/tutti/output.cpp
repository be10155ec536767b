#include "tools/tutti/output.hpp"

#include "tools/tutti/client.hpp"

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
  if (code == not_in_time)
    return "it may have been done all the same: look before you repeat it; "
           "--request-timeout waits longer";
  switch (code) {
    case errc::unavailable:
      return "is a node running? start one with tools/run, or name another "
             "with --server, TUTTI_URL or `tutti context use`";
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

void say(int code, const failure& why, std::string_view next) {
  std::cout.flush();
  std::string text;
  if (is_json(how_to_speak().format)) {
    nlohmann::ordered_json out{
        {"error", exit_word(code)}, {"code", code}, {"message", why.message}};
    for (auto& v : why.violations)
      out["violations"].push_back({{"path", v.path}, {"message", v.message}});
    if (!next.empty())
      out["try"] = next;
    text = out.dump(-1, ' ', false,
                    nlohmann::ordered_json::error_handler_t::replace)
           + '\n';
  } else {
    text = "tutti: " + why.message + '\n';
    for (auto& v : why.violations)
      text += "  " + (v.path.empty() ? "" : v.path + ": ") + v.message + '\n';
    if (!next.empty())
      text += "try: " + std::string(next) + '\n';
  }
  std::cerr << text;
}

} // namespace output_detail

manner& how_to_speak() {
  static manner out;
  return out;
}

bool colour_on_stdout() {
  static const bool yes = [] {
    auto* unwanted = std::getenv("NO_COLOR");
    auto* terminal = std::getenv("TERM");
    return isatty(STDOUT_FILENO) && !(unwanted && *unwanted)
           && !(terminal && std::string_view(terminal) == "dumb");
  }();
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
  auto& how = how_to_speak();
  if (how.quiet)
    return;
  std::cout.flush();
  // One write: lines of several workers must not mix.
  auto line = is_json(how.format) ? nlohmann::json{{"note", text}}.dump(
                  -1, ' ', false, nlohmann::json::error_handler_t::replace)
                                  : std::string(text);
  line += '\n';
  std::cerr << line;
}

int failed(const failure& why, std::string_view next) {
  auto code = exit_code_of(why.code);
  bool elsewhere = is_silence(why.code) || why.code == errc::illegal_state;
  output_detail::say(
      code, why,
      next.empty() || elsewhere ? output_detail::next_step(why.code) : next);
  return code;
}

int failed(int code, std::string_view why, std::string_view next) {
  output_detail::say(code, {errc::internal, std::string(why)}, next);
  return code;
}

int misused(std::string_view why, std::string_view next) {
  return failed(exit_misused, why, next);
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
