#include "config/suggestion.hpp"
#include "tools/tutti/reference.hpp"
#include "tools/tutti/session.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace tutti::cli {

namespace docs_detail {

using nlohmann::json;

int list(const session& s) {
  auto all = json::array();
  for (auto& page : reference_pages())
    all.push_back({{"topic", page.topic()}, {"title", page.title()}});
  s.show(all, {{text_column("TOPIC", "topic"), text_column("ABOUT", "title")},
               "topic"});
  if (is_table(s.format()))
    note("tutti docs TOPIC, TOPIC#SECTION or SECTION prints one");
  return exit_done;
}

/// A page, or a section of one.
struct finding {
  const reference_page* page;
  std::string_view text;
};

/// A topic, a topic and a section, or the sections of that name on any page.
std::vector<finding> find(std::string_view wanted) {
  auto hash = wanted.find('#');
  auto topic = topic_word(wanted.substr(0, hash));
  std::vector<finding> sections;
  for (auto& page : reference_pages()) {
    bool named = page.topic() == topic;
    if (named && hash == wanted.npos)
      return {{&page, page.text}};
    if (named || hash == wanted.npos)
      if (auto text
          = section_of(page.text,
                       hash == wanted.npos ? wanted : wanted.substr(hash + 1));
          !text.empty())
        sections.push_back({&page, text});
  }
  return sections;
}

int unknown(const std::string& wanted) {
  std::vector<std::string> topics, sections;
  for (auto& page : reference_pages()) {
    topics.emplace_back(page.topic());
    for (auto& anchor : anchors_of(page.text))
      sections.push_back(topics.back() + "#" + anchor);
  }
  std::vector<std::string> words;
  for (auto& x : sections)
    words.push_back(x.substr(x.find('#') + 1));
  std::string meant;
  if (wanted.find('#') != wanted.npos) {
    meant = config::closest(wanted, sections);
  } else {
    auto word = topic_word(wanted);
    meant = config::closest(word, topics);
    if (meant.empty())
      meant = config::closest(word, words);
  }
  return misused("there is no topic '" + wanted + "'",
                 (meant.empty() ? "" : "did you mean '" + meant + "'? ")
                     + std::string("`tutti docs` lists all"));
}

int show(const session& s, const std::string& wanted) {
  auto found = find(wanted);
  if (found.empty())
    return unknown(wanted);
  auto all = json::array();
  for (auto& x : found)
    all.push_back({{"topic", x.page->topic()}, {"text", x.text}});
  view look{{text_column("TOPIC", "topic"), text_column("TEXT", "text")},
            "topic"};
  look.detail = [](const json& pages, const canvas&) {
    std::string out;
    for (auto& x : pages) {
      if (pages.size() > 1)
        out += "[" + text_at(x, "topic") + "]\n";
      auto text = text_at(x, "text");
      out += text.substr(0, text.find_last_not_of('\n') + 1) + '\n';
    }
    return out;
  };
  return s.show(all, look);
}

} // namespace docs_detail

void add_docs(CLI::App& app, session& s) {
  auto topic = std::make_shared<std::string>();
  auto* docs = app.add_subcommand(
      "docs", "the reference: definitions, task types, settings, errors");
  s.complete(
      docs->add_option("TOPIC", *topic,
                       "as `tutti docs` lists them, or the section of one: "
                       "join, join#waiting, settings"),
      [] {
        std::vector<std::string> out;
        for (auto& page : reference_pages())
          out.emplace_back(page.topic());
        return out;
      });
  examples(docs, {"tutti docs", "tutti docs join#waiting"});
  docs->callback([=, &s] {
    s.exit_code
        = topic->empty() ? docs_detail::list(s) : docs_detail::show(s, *topic);
  });
}

} // namespace tutti::cli
