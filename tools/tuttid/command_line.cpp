#include "tools/tuttid/command_line.hpp"

#include <CLI/CLI.hpp>

namespace tutti::daemon {

namespace command_line_detail {

constexpr int misused = 2;

/// "section.key=value"
std::string add_setting(const std::string& text, config::sources::pairs& to) {
  auto equals = text.find('=');
  if (equals == text.npos || equals == 0)
    return "--set takes section.key=value, not '" + text + "'";
  to.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  return {};
}

} // namespace command_line_detail

std::optional<command_line> read_command_line(int argc, char** argv,
                                              int& exit_code) {
  command_line out;
  std::string data, listen, port;
  std::vector<std::string> set;
  bool test_clock = false;

  CLI::App app{"Runs a Tutti node: durable workflows over Conductor's REST "
               "API.",
               "tuttid"};
  app.set_version_flag("--version", std::string("tuttid ") + TUTTI_VERSION);
  app.add_option("--data", data,
                 "directory of the store (store.directory; ./data)");
  app.add_option("--port", port, "port of the REST API (http.port; 8080)");
  app.add_option("--listen", listen,
                 "address to listen on (http.listen; 127.0.0.1)");
  app.add_option("--config", out.config_file, "a TOML file with settings");
  app.add_option("--set", set, "section.key=value, over file and environment")
      ->take_all()
      ->expected(1);
  app.add_flag("--check-config", out.check_config,
               "check the settings and exit");
  app.add_flag("--print-config", out.print_config,
               "print the effective settings and exit");
  app.add_flag("--print-openapi", out.print_openapi,
               "print the OpenAPI document of the REST API and exit");
  app.add_flag("--memory", out.memory,
               "store in memory only: nothing survives the process");
  app.add_flag("--accept-loss", out.accept_loss,
               "start although the write-ahead log is damaged: what stood "
               "behind the damage is lost, and listed");
  app.add_flag("--test-clock", test_clock)->group("");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    exit_code = app.exit(e) == 0 ? 0 : command_line_detail::misused;
    return std::nullopt;
  }

  for (auto& text : set)
    if (auto why = command_line_detail::add_setting(text, out.flags);
        !why.empty()) {
      std::cerr << why << '\n';
      exit_code = command_line_detail::misused;
      return std::nullopt;
    }
  if (!data.empty())
    out.flags.emplace_back("store.directory", data);
  if (!port.empty())
    out.flags.emplace_back("http.port", port);
  if (!listen.empty())
    out.flags.emplace_back("http.listen", listen);
  if (test_clock)
    out.flags.emplace_back("node.test_clock", "true");
  return out;
}

} // namespace tutti::daemon
