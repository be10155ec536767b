#include "tools/tutti/contexts.hpp"
#include "tools/tutti/session.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <cstdlib>

namespace tutti::cli {

namespace context_detail {

using nlohmann::json;

constexpr auto list_them = "`tutti context list` shows them";

/// The file, or the verb's end.
context_file read_or_end() {
  auto file = read_contexts(context_path());
  if (!file)
    throw ended_early{
        misused(file.failure().message, "mend or remove that file")};
  return std::move(*file);
}

int save(const context_file& what) {
  if (auto saved = write_contexts(context_path(), what); !saved)
    return failed(exit_failed, saved.failure().message,
                  "TUTTI_CONFIG names another file");
  return exit_done;
}

view look() {
  view out;
  out.columns = {made_column("CURRENT",
                             [](const json& x) -> cell {
                               return x.at("current") == true ? "*" : "";
                             }),
                 text_column("NAME", "name"), text_column("SERVER", "server"),
                 text_column("KEY", "key")};
  out.name_key = "name";
  out.none = "there are no contexts: tutti context set NAME --server URL";
  return out;
}

/// Keys stay in the file: who sees a terminal or a log need not see them.
json row(const context_file& file, const std::string& name) {
  auto& x = file.contexts.at(name);
  json out{
      {"name", name}, {"server", x.server}, {"current", name == file.current}};
  if (!x.key.empty())
    out["key"] = "***";
  return out;
}

int list(session& s) {
  auto file = read_or_end();
  auto all = json::array();
  for (auto& [name, x] : file.contexts)
    all.push_back(row(file, name));
  return s.show(all, look());
}

int absent(const std::string& name) {
  return failed({errc::not_found, "there is no context '" + name + "'"},
                list_them);
}

int use(session& s, const std::string& name) {
  auto file = read_or_end();
  if (!file.contexts.contains(name))
    return absent(name);
  file.current = name;
  if (auto code = save(file))
    return code;
  return s.show(row(file, name), look());
}

int set(session& s, const std::string& name, const std::string& key) {
  auto file = read_or_end();
  auto& x = file.contexts[name];
  // TUTTI_URL names a server for what has none; it changes none.
  auto* surroundings = std::getenv("TUTTI_URL");
  bool typed = !surroundings || s.server != surroundings;
  if (!s.server.empty() && (typed || x.server.empty()))
    x.server = tidy_server(s.server);
  if (x.server.empty())
    return misused("context '" + name + "' needs an address",
                   "tutti context set " + name + " --server URL");
  if (!key.empty())
    x.key = key == "-" ? "" : key;
  // The first one is what is meant from now on.
  if (file.contexts.size() == 1)
    file.current = name;
  if (auto code = save(file))
    return code;
  return s.show(row(file, name), look());
}

int remove(session& s, const std::string& name) {
  auto file = read_or_end();
  if (!file.contexts.contains(name))
    return absent(name);
  auto gone = row(file, name);
  file.contexts.erase(name);
  if (file.current == name)
    file.current.clear();
  if (auto code = save(file))
    return code;
  return s.show(gone, look());
}

int show_one(session& s, const std::string& given) {
  auto file = read_or_end();
  auto& name = given.empty() ? file.current : given;
  if (name.empty())
    return failed({errc::not_found, "no context is in use"}, list_them);
  if (!file.contexts.contains(name))
    return absent(name);
  return s.show(row(file, name), look());
}

std::vector<std::string> names() {
  std::vector<std::string> out;
  if (auto file = read_contexts(context_path()))
    for (auto& [name, x] : file->contexts)
      out.push_back(name);
  return out;
}

} // namespace context_detail

void add_context(CLI::App& app, session& s) {
  using namespace context_detail;
  auto* noun = app.add_subcommand("context", "servers under names of yours");
  noun->require_subcommand(1);
  s.complete(app.get_option("--context"), names);

  auto* verb = noun->add_subcommand("list", "list them");
  examples(verb, {"tutti context list -o name"});
  verb->callback([&s] { s.exit_code = list(s); });

  auto name = std::make_shared<std::string>();
  auto key = std::make_shared<std::string>();
  auto add = [&](const char* what, const char* help, const char* example,
                 auto run, bool required) {
    verb = noun->add_subcommand(what, help);
    auto* option = verb->add_option("NAME", *name, "of the context");
    option->required(required);
    s.complete(option, names);
    examples(verb, {example});
    verb->callback([=, &s] { s.exit_code = run(s, *name); });
  };
  add("use", "talk to this one from now on", "tutti context use staging", use,
      true);
  add(
      "set", "make one, or change it",
      "tutti context set staging --server https://tutti.staging.example.com",
      [key](session& s, const std::string& x) { return set(s, x, *key); },
      true);
  verb->add_option("--key", *key,
                   "sent as X-Authorization to its server; - removes it");
  add("delete", "forget one", "tutti context delete staging", remove, true);
  add("show", "one of them, by default the current one",
      "tutti context show -o json", show_one, false);
}

} // namespace tutti::cli
