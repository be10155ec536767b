#include "tools/tutti/completion.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace tutti::cli {

namespace completion_detail {

using words_type = std::vector<std::string>;

/// The option of a word, looked for in the verb and in what is around it.
const CLI::Option* option_of(const CLI::App& at, const std::string& word) {
  for (auto* x = &at; x; x = x->get_parent())
    if (auto* found = x->get_option_no_throw(word))
      return found;
  return nullptr;
}

bool takes_value(const CLI::Option& option) {
  return option.get_expected_min() > 0;
}

/// The members of a set, from the validator's words: "{a,b}".
words_type choices_of(const CLI::Option& option) {
  words_type out;
  auto text = option.get_type_name();
  auto open = text.find('{'), close = text.find('}');
  if (open == text.npos || close == text.npos || close < open)
    return out;
  for (size_t i = open + 1; i < close;) {
    auto end = std::min(text.find(',', i), close);
    out.push_back(text.substr(i, end - i));
    i = end + 1;
  }
  return out;
}

class finder {
 public:
  finder(CLI::App& app, session& s, const words_type& words)
      : at_(&app), session_(s), words_(words) {}

  candidates find() {
    if (words_.empty())
      return {};
    for (size_t i = 0; i + 1 < words_.size(); ++i)
      if (!step(words_[i]))
        return {};
    auto& last = words_.back();
    if (awaited_)
      values_of(*awaited_, last, "");
    else if (auto sign = last.find('=');
             last.starts_with("--") && sign != last.npos) {
      if (auto* option = option_of(*at_, last.substr(0, sign)))
        values_of(*option, last.substr(sign + 1), last.substr(0, sign + 1));
    } else if (last.starts_with('-'))
      options(last);
    else
      words(last);
    std::ranges::sort(out_.all, {}, &candidate::text);
    return std::move(out_);
  }

 private:
  /// False: what follows is nobody's to complete.
  bool step(const std::string& word) {
    if (awaited_) {
      remember(*awaited_, word);
      awaited_ = nullptr;
      return true;
    }
    if (word == "--")
      return false;
    if (word.starts_with('-') && word.size() > 1) {
      auto sign = word.find('=');
      auto* option = option_of(*at_, word.substr(0, sign));
      if (option && takes_value(*option)) {
        if (sign == word.npos)
          awaited_ = option;
        else
          remember(*option, word.substr(sign + 1));
      }
      return true;
    }
    for (auto* next : words_of(*at_))
      if (next->check_name(word)) {
        at_ = next;
        return true;
      }
    if (has_words(*at_))
      return false; // a word that is none of these
    ++arguments_;
    return true;
  }

  /// Nouns of the program, verbs of a noun.
  static std::vector<CLI::App*> words_of(CLI::App& at) {
    return at.get_subcommands([](CLI::App*) { return true; });
  }
  static bool has_words(CLI::App& at) { return !words_of(at).empty(); }

  /// Which server's names are meant.
  void remember(const CLI::Option& option, const std::string& value) {
    if (option.check_lname("server"))
      session_.server = value;
    if (option.check_lname("context"))
      session_.context = value;
  }

  void add(const std::string& typed, const std::string& text,
           std::string help = {}) {
    if (!text.starts_with(typed) || text.find('\n') != text.npos)
      return;
    if (auto end = help.find('\n'); end != help.npos)
      help.resize(end);
    out_.all.push_back({text, std::move(help)});
  }

  void values_of(const CLI::Option& option, const std::string& typed,
                 const std::string& before) {
    auto names = choices_of(option);
    if (auto i = session_.completions.find(&option);
        i != session_.completions.end())
      names = i->second();
    for (auto& x : names)
      add(before + typed, before + x);
    auto name = option.get_name(true);
    out_.files = name.find("FILE") != name.npos
                 || option.check_lname("directory")
                 || option.check_lname("junit") || option.check_lname("from")
                 || typed.starts_with('@');
  }

  void options(const std::string& typed) {
    for (auto* x = at_; x; x = x->get_parent())
      for (auto* option : x->get_options()) {
        for (auto& name : option->get_lnames())
          add(typed, "--" + name, option->get_description());
        if (option->get_lnames().empty())
          for (auto& name : option->get_snames())
            add(typed, "-" + name, option->get_description());
      }
  }

  void words(const std::string& typed) {
    for (auto* x : words_of(*at_))
      add(typed, x->get_name(), x->get_description());
    if (has_words(*at_))
      return;
    const CLI::Option* argument = nullptr;
    size_t position = 0;
    for (auto* option : at_->get_options()) {
      if (!option->get_positional())
        continue;
      argument = option;
      // One that takes several takes all that follow.
      if (position++ == arguments_ || option->get_items_expected_max() > 1)
        break;
      argument = nullptr;
    }
    if (argument)
      values_of(*argument, typed, "");
  }

  CLI::App* at_;
  session& session_;
  const words_type& words_;
  const CLI::Option* awaited_ = nullptr;
  size_t arguments_ = 0;
  candidates out_;
};

} // namespace completion_detail

candidates complete(CLI::App& app, session& s,
                    const std::vector<std::string>& words) {
  return completion_detail::finder(app, s, words).find();
}

int print_candidates(CLI::App& app, session& s,
                     std::vector<std::string> words) {
  if (!words.empty() && words.front() == "--")
    words.erase(words.begin());
  // What goes wrong would stand in the middle of somebody's command line.
  if (!std::freopen("/dev/null", "w", stderr))
    return exit_failed;
  s.hurried = true;
  for (auto* name : {"--server", "--context"})
    if (auto* set = std::getenv(app.get_option(name)->get_envname().c_str()))
      (std::string_view(name) == "--server" ? s.server : s.context) = set;
  candidates found;
  try {
    found = complete(app, s, words);
  } catch (const ended_early&) {
    found = {};
  }
  std::string out;
  for (auto& x : found.all)
    out += x.text + (x.help.empty() ? "" : '\t' + x.help) + '\n';
  print_line(out + (found.files ? ":files" : ":end"));
  return exit_done;
}

} // namespace tutti::cli
