#include "config/loader.hpp"

#include "config/setting_table.hpp"
#include "config/suggestion.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <fstream>
#include <iterator>

extern char** environ;

namespace tutti::config {

namespace loader_detail {

/// Collects all errors, so that one run shows them all.
struct troubles {
  std::vector<std::string> sentences;

  void add(const std::string& where, const std::string& what) {
    sentences.push_back(where + ": " + what);
  }
};

std::string did_you_mean(std::string_view misspelt,
                         const std::vector<std::string>& candidates) {
  auto best = closest(misspelt, candidates);
  return best.empty() ? std::string()
                      : "; did you mean '" + std::string(best) + "'?";
}

/// For a former name the new one; for an unknown name the one that was probably
/// meant.
std::string instead_of(std::string_view path, std::string_view misspelt,
                       const std::vector<std::string>& candidates) {
  for (auto& x : all_settings())
    if (!x.former_name.empty()
        && path == std::string(x.section) + '.' + std::string(x.former_name))
      return "; it is called '" + x.path() + "' now";
  return did_you_mean(misspelt, candidates);
}

std::vector<std::string> section_names() {
  std::vector<std::string> out;
  for (auto& x : all_sections())
    out.emplace_back(x.name);
  return out;
}

std::vector<std::string> keys_of(std::string_view section) {
  std::vector<std::string> out;
  for (auto& x : all_settings())
    if (x.section == section)
      out.emplace_back(x.name);
  return out;
}

std::vector<std::string> all_paths() {
  std::vector<std::string> out;
  for (auto& x : all_settings())
    out.push_back(x.path());
  return out;
}

std::string place(const std::string& file, const toml::source_region& at) {
  return file + ':' + std::to_string(at.begin.line) + ':'
         + std::to_string(at.begin.column);
}

std::optional<value> to_value(const toml::node& x) {
  if (auto yes = x.value_exact<bool>())
    return value(*yes);
  if (auto number = x.value_exact<int64_t>())
    return value(*number);
  if (auto text = x.value_exact<std::string>())
    return value(*text);
  return std::nullopt;
}

void read_section(settings& to, const std::string& file,
                  std::string_view section, const toml::table& table,
                  troubles& bad) {
  auto sections = section_names();
  for (auto&& [key, node] : table) {
    auto path = std::string(section) + '.' + std::string(key.str());
    if (std::ranges::find(sections, path) != sections.end()) {
      if (auto* inner = node.as_table())
        read_section(to, file, path, *inner, bad);
      else
        bad.add(place(file, key.source()),
                '\'' + path + "' must be a section: [" + path + ']');
      continue;
    }
    auto what = find_setting(path);
    if (!what) {
      bad.add(place(file, key.source()),
              "there is no setting '" + path + '\''
                  + instead_of(path, key.str(), keys_of(section)));
      continue;
    }
    auto x = to_value(node);
    auto why = x ? assign(to, *what, *x) : "must be " + what->rule();
    if (why)
      bad.add(place(file, node.source()), '\'' + path + "' " + *why);
  }
}

void read_toml(settings& to, const sources::file& from, troubles& bad) {
  toml::table root;
  try {
    root = toml::parse(from.text, from.name);
  } catch (const toml::parse_error& e) {
    bad.add(place(from.name, e.source()), std::string(e.description()));
    return;
  }
  auto sections = section_names();
  for (auto&& [key, node] : root) {
    std::string name(key.str());
    bool known = std::ranges::find(sections, name) != sections.end();
    if (auto table = node.as_table(); table && known)
      read_section(to, from.name, name, *table, bad);
    else if (known)
      bad.add(place(from.name, key.source()),
              '\'' + name + "' must be a section: [" + name + ']');
    else
      bad.add(place(from.name, key.source()),
              "there is no section '" + name + '\''
                  + did_you_mean(name, sections));
  }
}

void read_variable(settings& to, const std::string& name,
                   const std::string& text, troubles& bad) {
  std::vector<std::string> ours;
  bool of_section = false;
  for (auto& x : all_settings()) {
    auto variable = x.env();
    if (variable == name) {
      if (auto why = assign_text(to, x, text))
        bad.add("environment", name + ' ' + *why);
      return;
    }
    of_section = of_section
                 || name.starts_with(
                     variable.substr(0, variable.size() - x.name.size()));
    ours.push_back(std::move(variable));
  }
  if (of_section)
    bad.add("environment",
            "there is no setting " + name + did_you_mean(name, ours));
}

void read_flag(settings& to, const std::string& path, const std::string& text,
               troubles& bad) {
  if (auto what = find_setting(path)) {
    if (auto why = assign_text(to, *what, text))
      bad.add("command line", '\'' + path + "' " + *why);
    return;
  }
  bad.add("command line", "there is no setting '" + path + '\''
                              + instead_of(path, path, all_paths()));
}

} // namespace loader_detail

result<settings> load(const sources& from) {
  settings out;
  loader_detail::troubles bad;
  if (from.config)
    loader_detail::read_toml(out, *from.config, bad);
  for (auto& [name, text] : from.environment)
    if (name.starts_with("TUTTI_"))
      loader_detail::read_variable(out, name, text, bad);
  for (auto& [path, text] : from.flags)
    loader_detail::read_flag(out, path, text, bad);
  if (bad.sentences.empty())
    return out;
  std::string all;
  for (auto& x : bad.sentences) {
    if (!all.empty())
      all += '\n';
    all += x;
  }
  return failure{errc::invalid, std::move(all)};
}

result<sources::file> read_file(const std::string& path) {
  sources::file out{path, {}};
  try {
    std::ifstream in(path, std::ios::binary);
    if (in) {
      out.text.assign(std::istreambuf_iterator<char>(in), {});
      if (!in.bad())
        return out;
    }
  } catch (const std::ios_base::failure&) {
    // A directory can be opened, but not read.
  }
  return failure{errc::not_found,
                 "the configuration file '" + path + "' cannot be read"};
}

sources::pairs process_environment() {
  sources::pairs out;
  for (auto at = environ; at && *at; ++at) {
    std::string_view line(*at);
    if (auto equals = line.find('='); equals != line.npos)
      out.emplace_back(line.substr(0, equals), line.substr(equals + 1));
  }
  return out;
}

} // namespace tutti::config
