#include "tools/tutti/misspelt.hpp"

#include "config/suggestion.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>

namespace tutti::cli {

namespace misspelt_detail {

/// Whether the word is an option whose value is the next word.
bool takes_next(const CLI::App& app, const std::string& word) {
  if (word.find('=') != word.npos)
    return false;
  auto* option = app.get_option_no_throw(word);
  return option && option->get_expected_min() > 0
         && (word.starts_with("--") || word.size() == 2);
}

std::vector<std::string> names_in(CLI::App& app) {
  std::vector<std::string> out;
  for (auto* one : app.get_subcommands([](CLI::App*) { return true; }))
    out.push_back(one->get_name());
  return out;
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (auto& word : words)
    out += (out.empty() ? "" : ", ") + word;
  return out;
}

} // namespace misspelt_detail

std::optional<misspelling> misspelt(CLI::App& app,
                                    const std::vector<std::string>& words) {
  using namespace misspelt_detail;
  auto* at = &app;
  std::string path = "tutti";
  for (size_t i = 0; i < words.size(); ++i) {
    auto names = names_in(*at);
    if (names.empty())
      return std::nullopt; // what follows are arguments of a verb
    auto& word = words[i];
    if (word.starts_with('-') && word.size() > 1) {
      i += takes_next(app, word) ? 1 : 0;
      continue;
    }
    if (std::ranges::find(names, word) != names.end()) {
      at = at->get_subcommand(word);
      path += ' ' + word;
      continue;
    }
    auto meant = std::string(config::closest(word, names));
    misspelling out;
    out.message = "there is no '" + path + ' ' + word + "'";
    if (!meant.empty())
      out.message += "; did you mean '" + meant + "'?";
    out.next = meant.empty() ? path + " and one of " + joined(names)
                             : path + ' ' + meant;
    return out;
  }
  return std::nullopt;
}

} // namespace tutti::cli
