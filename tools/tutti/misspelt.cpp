#include "tools/tutti/misspelt.hpp"

#include "config/suggestion.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

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

/// What other programs call the verbs.
constexpr std::pair<std::string_view, std::string_view> other_words[]
    = {{"describe", "get"},   {"show", "get"},         {"cat", "get"},
       {"ls", "list"},        {"ps", "list"},          {"rm", "delete"},
       {"del", "delete"},     {"cancel", "terminate"}, {"stop", "terminate"},
       {"kill", "terminate"}, {"abort", "terminate"},  {"run", "start"},
       {"trigger", "start"},  {"create", "apply"},     {"register", "apply"},
       {"update", "apply"},   {"logs", "log"},         {"tail", "watch"},
       {"follow", "watch"},   {"label", "tag"},        {"reset", "rerun"},
       {"suspend", "pause"},  {"unpause", "resume"},   {"continue", "resume"}};

bool has(const std::vector<std::string>& names, std::string_view word) {
  return std::ranges::find(names, word) != names.end();
}

/// What the word of another program is called here; empty: nothing.
std::string translated(const std::string& word,
                       const std::vector<std::string>& names) {
  for (auto& [theirs, ours] : other_words)
    if (word == theirs && has(names, ours))
      return std::string(ours);
  return {};
}

std::string meant_by(const std::string& word,
                     const std::vector<std::string>& names) {
  auto out = translated(word, names);
  return out.empty() ? std::string(config::closest(word, names)) : out;
}

/// "get workflow": the nouns that have this verb, or only the one that follows.
std::vector<std::string> nouns_with(CLI::App& app, const std::string& verb,
                                    const std::string& next) {
  std::vector<std::string> out;
  for (auto& noun : names_in(app)) {
    auto verbs = names_in(*app.get_subcommand(noun));
    auto called = has(verbs, verb) ? verb : translated(verb, verbs);
    if (called.empty())
      continue;
    if (next == noun || next == noun + 's')
      return {noun + ' ' + called};
    out.push_back(noun + ' ' + called);
  }
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
    auto meant = meant_by(word, names);
    misspelling out;
    out.message = "there is no '" + path + ' ' + word + "'";
    auto next = i + 1 < words.size() ? words[i + 1] : std::string();
    auto turned = at == &app && meant.empty() ? nouns_with(app, word, next)
                                              : std::vector<std::string>{};
    if (turned.size() == 1)
      meant = turned.front();
    if (!meant.empty())
      out.message += "; did you mean '" + meant + "'?";
    if (turned.size() > 1)
      out.next = "the noun first: tutti " + joined(turned);
    else
      out.next = meant.empty() ? path + " and one of " + joined(names)
                               : path + ' ' + meant;
    return out;
  }
  return std::nullopt;
}

std::string command_of(CLI::App& app, const std::vector<std::string>& words) {
  using namespace misspelt_detail;
  auto* at = &app;
  std::string path = "tutti";
  for (size_t i = 0; i < words.size(); ++i) {
    auto names = names_in(*at);
    if (words[i].starts_with('-'))
      i += takes_next(app, words[i]) ? 1 : 0;
    else if (std::ranges::find(names, words[i]) == names.end())
      break;
    else {
      at = at->get_subcommand(words[i]);
      path += ' ' + words[i];
    }
  }
  return path;
}

} // namespace tutti::cli
