#include "tools/tutti/definitions/registry.hpp"
#include "tools/tutti/nouns/definition_verbs.hpp"
#include "tools/tutti/rendering/yaml_text.hpp"

#include <CLI/CLI.hpp>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>

namespace tutti::cli {

using nlohmann::json;

namespace definition_noun {

struct list_options {
  std::optional<kind> only;
  std::string begins;
  bool all_versions = false;
};

struct export_options {
  std::vector<std::string> names;
  std::optional<kind> only;
  std::string folder;
};

constexpr auto they_are_listed = "`tutti definition list` shows them";

json row_of(const definition& x) {
  auto name = x.name();
  json out{{"kind", facts_of(x.which).word}, {"name", name.name}};
  if (name.version)
    out["version"] = *name.version;
  for (auto* member : {"description", "ownerEmail", "updateTime", "createTime"})
    if (auto i = x.value.find(member); i != x.value.end())
      out[member] = *i;
  if (auto i = x.value.find("tasks");
      x.which == kind::workflow && i != x.value.end())
    out["tasks"] = i->size();
  return out;
}

std::string name_of(const json& row) {
  definition_name out{kind_of_word(text_at(row, "kind")), text_at(row, "name"),
                      std::nullopt};
  if (row.contains("version"))
    out.version = row.at("version").get<int32_t>();
  return text_of(out);
}

view list_view() {
  view out{{text_column("KIND", "kind"), text_column("NAME", "name"),
            number_column("VERSION", "version"),
            wide(number_column("TASKS", "tasks")),
            wide(time_column("CREATED", "createTime")),
            time_column("UPDATED", "updateTime"),
            wide(text_column("OWNER", "ownerEmail")),
            text_column("DESCRIPTION", "description")}};
  out.name = name_of;
  out.none = "nothing is registered: tutti definition apply FILE";
  return out;
}

/// The newest version of each name, in the order of names.
void keep_latest(std::vector<definition>& all) {
  std::vector<definition> out;
  for (auto& x : all) {
    if (!out.empty() && out.back().name().name == x.name().name
        && out.back().which == x.which)
      out.pop_back();
    out.push_back(std::move(x));
  }
  all = std::move(out);
}

/// Of one kind or of all; a kind that the server lacks has none.
result<std::vector<definition>> read_all(session& s, std::optional<kind> only) {
  registry from(s.api());
  std::vector<definition> out;
  for (auto& x : all_kinds()) {
    if (only && *only != x.which)
      continue;
    auto some = from.list(x.which);
    if (!some)
      return some;
    std::ranges::move(*some, std::back_inserter(out));
  }
  return out;
}

int list(session& s, const list_options& o) {
  auto all = read_all(s, o.only);
  if (!all)
    return failed(all.failure());
  if (!o.all_versions)
    keep_latest(*all);
  auto rows = json::array();
  for (auto& x : *all)
    if (x.name().name.starts_with(o.begins))
      rows.push_back(row_of(x));
  return s.show(rows, list_view());
}

/// What is meant by "[KIND/]NAME[@VERSION]".
result<definition_name> read_name(const std::string& given,
                                  std::optional<kind> only,
                                  std::optional<int32_t> version) {
  auto out = read_definition_name(given);
  if (!out)
    return failure{errc::invalid,
                   "'" + given + "' is no [KIND/]NAME[@VERSION]"};
  if (only)
    out->which = only;
  if (version)
    out->version = version;
  return *out;
}

int get(session& s, const std::string& given, std::optional<kind> only,
        std::optional<int32_t> version) {
  auto name = read_name(given, only, version);
  if (!name)
    return misused(name.failure().message, "workflow/greet@2, or greet");
  auto found = registry(s.api()).find(*name);
  if (!found)
    return failed(found.failure(), they_are_listed);
  auto which = found->which;
  view look{{made_column("KIND",
                         [which](const json&) -> cell {
                           return std::string(facts_of(which).word);
                         }),
             text_column("NAME", "name"), number_column("VERSION", "version"),
             text_column("DESCRIPTION", "description")}};
  look.name = [which](const json& x) {
    return text_of(definition{which, x, nullptr, {}}.name());
  };
  // A definition is read as it is written.
  look.detail = [](const json& x, const canvas&) { return yaml_text(x); };
  return s.show(found->value, look);
}

int remove(session& s, const std::vector<std::string>& given,
           std::optional<kind> only, std::optional<int32_t> version,
           bool dry_run) {
  registry target(s.api());
  std::vector<definition_name> names;
  for (auto& x : given) {
    auto name = read_name(x, only, version);
    if (!name)
      return misused(name.failure().message, "workflow/greet@2");
    // All of them must be there before the first one goes.
    auto found = target.find(*name);
    if (!found)
      return failed(found.failure(), they_are_listed);
    name->which = found->which;
    names.push_back(*name);
  }
  std::string what;
  for (auto& x : names)
    what += (what.empty() ? "" : ", ") + text_of(x)
            + (x.version || !facts_of(*x.which).has_versions
                   ? ""
                   : " (all versions)");
  if (!dry_run && !confirmed("delete " + what, s.yes))
    return exit_misused;
  exit_tally tally;
  auto rows = json::array();
  for (auto& x : names) {
    if (!dry_run)
      if (auto ok = target.remove(*x.which, x.name, x.version); !ok) {
        tally.add(failed(ok.failure()));
        continue;
      }
    tally.add(exit_done);
    json row{{"kind", facts_of(*x.which).word},
             {"name", x.name},
             {"result", dry_run ? "would be deleted" : "deleted"}};
    if (x.version)
      row["version"] = *x.version;
    rows.push_back(std::move(row));
  }
  view look{{text_column("KIND", "kind"), text_column("NAME", "name"),
             number_column("VERSION", "version"),
             text_column("RESULT", "result")}};
  look.name = name_of;
  s.show(rows, look);
  return tally.exit_code();
}

/// A name as a file's: nothing that leads out of its folder.
std::string file_name_of(const std::string& name) {
  std::string out;
  for (char c : name) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
                 || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
    out += plain ? c : '_';
  }
  return out.front() == '.' ? "_" + out : out;
}

/// As `apply` reads it, without what only a server knows.
json exported(const definition& x) {
  bool tells_more = x.which == kind::schedule;
  auto full = tells_more ? canonical(x) : result<json>(x.value);
  return without_audit(full ? std::move(*full) : x.value);
}

int write_files(session& s, const std::vector<definition>& all,
                const std::string& folder) {
  bool as_json = is_json(s.format());
  auto rows = json::array();
  std::set<std::string> used;
  for (auto& x : all) {
    auto name = x.name();
    auto below = std::filesystem::path(folder) / facts_of(x.which).plural;
    auto stem = file_name_of(name.name)
                + (name.version ? ".v" + std::to_string(*name.version) : "");
    auto file = stem;
    // Two names that differ only in what files cannot be called.
    for (int n = 2; !used.insert((below / file).string()).second; ++n)
      file = stem + "-" + std::to_string(n);
    std::error_code why;
    std::filesystem::create_directories(below, why);
    auto path = (below / (file + (as_json ? ".json" : ".yaml"))).string();
    std::ofstream out(path);
    auto value = exported(x);
    out << (as_json ? value.dump(2) + '\n' : yaml_text(value));
    out.close();
    if (why || !out)
      return failed(exit_failed,
                    path + " could not be written"
                        + (why ? ": " + why.message() : ""),
                    "another folder with -d");
    auto row = row_of(x);
    row["file"] = path;
    rows.push_back(std::move(row));
  }
  view look{{text_column("KIND", "kind"), text_column("NAME", "name"),
             number_column("VERSION", "version"), text_column("FILE", "file")},
            "file"};
  return s.show(rows, look);
}

int export_all(session& s, const export_options& o) {
  std::vector<definition> all;
  if (o.names.empty()) {
    auto read = read_all(s, o.only);
    if (!read)
      return failed(read.failure());
    all = std::move(*read);
  }
  registry from(s.api());
  for (auto& given : o.names) {
    auto name = read_name(given, o.only, {});
    if (!name)
      return misused(name.failure().message, "workflow/greet@2");
    auto one = from.find(*name);
    if (!one)
      return failed(one.failure(), they_are_listed);
    // Without a version all that there are.
    if (!name->version && facts_of(one->which).has_versions) {
      auto versions = from.versions(one->which, name->name);
      if (!versions)
        return failed(versions.failure());
      std::ranges::move(*versions, std::back_inserter(all));
    } else {
      all.push_back(std::move(*one));
    }
  }
  if (!o.folder.empty())
    return write_files(s, all, o.folder);
  auto values = json::array();
  for (auto& x : all)
    values.push_back(exported(x));
  auto look = list_view();
  look.rows = [all](const json&) {
    auto rows = json::array();
    for (auto& x : all)
      rows.push_back(row_of(x));
    return rows;
  };
  // What `apply` reads back: documents, not a table about them.
  look.detail = [](const json& documents, const canvas&) {
    std::string out;
    for (auto& x : documents)
      out += "---\n" + yaml_text(x);
    return out;
  };
  if (s.format() == output_format::ndjson)
    look.rows = nullptr;
  return s.show(values, look);
}

void add_version_option(CLI::App& verb, std::optional<int32_t>& version) {
  verb.add_option("--version", version, "the latest by default; or NAME@2");
}

} // namespace definition_noun

void add_kind_option(CLI::App& verb, std::optional<kind>& which) {
  std::vector<std::string> words;
  for (auto& x : all_kinds())
    words.emplace_back(x.word);
  verb.add_option_function<std::string>(
          "--kind",
          [&which](const std::string& word) { which = kind_of_word(word); },
          "only of this kind")
      ->check(CLI::IsMember(words));
}

name_source definition_names(session& s) {
  return [&s] {
    std::vector<std::string> out;
    if (auto all = definition_noun::read_all(s, {})) {
      definition_noun::keep_latest(*all);
      std::map<std::string, size_t> count;
      for (auto& x : *all)
        ++count[x.name().name];
      for (auto& x : *all) {
        out.push_back(text_of({x.which, x.name().name, {}}));
        // What only one kind has needs no kind.
        if (count[x.name().name] == 1)
          out.push_back(x.name().name);
      }
    }
    return out;
  };
}

void add_definition(CLI::App& app, session& s) {
  using namespace definition_noun;
  auto* noun = app.add_subcommand(
      "definition", "what is registered: workflows, tasks, schemas");
  noun->require_subcommand(1);

  auto* verb = noun->add_subcommand("list", "list them, the latest versions");
  examples(verb, {"tutti definition list --kind workflow --all-versions",
                  "tutti definition list -o name"});
  auto l = std::make_shared<list_options>();
  verb->add_option("BEGINNING", l->begins, "of the names");
  add_kind_option(*verb, l->only);
  verb->add_flag("--all-versions", l->all_versions, "older versions, too");
  verb->callback([=, &s] { s.exit_code = list(s, *l); });

  verb = noun->add_subcommand("get", "one of them, as YAML or with -o");
  examples(verb, {"tutti definition get workflow/greet@2",
                  "tutti definition get greet -o json > greet.json"});
  auto name = std::make_shared<std::string>();
  auto only = std::make_shared<std::optional<kind>>();
  auto version = std::make_shared<std::optional<int32_t>>();
  s.complete(
      verb->add_option("NAME", *name, "[KIND/]NAME[@VERSION]")->required(),
      definition_names(s));
  add_kind_option(*verb, *only);
  add_version_option(*verb, *version);
  verb->callback([=, &s] { s.exit_code = get(s, *name, *only, *version); });

  verb = noun->add_subcommand("delete", "delete one version, or all");
  examples(verb, {"tutti definition delete workflow/greet@1 --yes",
                  "tutti definition delete task/say_hello --dry-run"});
  auto names = std::make_shared<std::vector<std::string>>();
  auto dry_run = std::make_shared<bool>(false);
  s.complete(verb->add_option("NAME", *names, "[KIND/]NAME[@VERSION], several")
                 ->required(),
             definition_names(s));
  add_kind_option(*verb, *only);
  add_version_option(*verb, *version);
  verb->add_flag("--dry-run", *dry_run, "only say what would be deleted");
  verb->callback(
      [=, &s] { s.exit_code = remove(s, *names, *only, *version, *dry_run); });

  add_definition_notes(*noun, s);
  add_apply(*noun, s, std::nullopt,
            {"tutti definition apply definitions/",
             "tutti definition apply all.yaml --dry-run"});

  auto add_files = [&](CLI::App* to, const std::shared_ptr<apply_options>& o) {
    to->add_option("FILE", o->files,
                   "JSON or YAML, one or several; a folder; - is stdin")
        ->required();
    to->add_flag("--strict", o->strict, "refuse unknown fields");
    add_kind_option(*to, o->only);
  };
  auto d = std::make_shared<apply_options>();
  verb = noun->add_subcommand(
      "diff", "what apply would change; exit code 1 when it would");
  examples(verb, {"tutti definition diff definitions/"});
  add_files(verb, d);
  verb->callback([=, &s] { s.exit_code = diff(s, *d); });

  verb = noun->add_subcommand("validate", "check files, register nothing");
  examples(verb, {"tutti definition validate definitions/",
                  "tutti definition validate greet.yaml --local"});
  auto v = std::make_shared<apply_options>();
  auto local = std::make_shared<bool>(false);
  add_files(verb, v);
  verb->add_flag("--local", *local, "without a node");
  verb->callback([=, &s] { s.exit_code = validate_files(s, *v, *local); });

  verb = noun->add_subcommand("export",
                              "all or some, as documents that apply reads");
  examples(verb, {"tutti definition export > all.yaml",
                  "tutti definition export workflow/greet -d definitions/"});
  auto e = std::make_shared<export_options>();
  s.complete(verb->add_option("NAME", e->names,
                              "[KIND/]NAME[@VERSION]; all "
                              "versions by default"),
             definition_names(s));
  add_kind_option(*verb, e->only);
  verb->add_option("-d,--directory", e->folder,
                   "a file each, below this folder");
  verb->callback([=, &s] { s.exit_code = export_all(s, *e); });
}

} // namespace tutti::cli
