#include "tools/tutti/completion.hpp"

#include "tools/tutti/reference.hpp"

#include <CLI/CLI.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>

using namespace tutti::cli;

namespace completion_test {

struct program {
  program() { declare(app, s); }
  std::string after(std::vector<std::string> words) {
    auto found = complete(app, s, words);
    std::string out;
    for (auto& x : found.all)
      out += (out.empty() ? "" : " ") + x.text;
    return out + (found.files ? " :files" : "");
  }
  session s;
  CLI::App app{"", "tutti"};
};

void each_verb(CLI::App& at, const std::string& path,
               const std::function<void(CLI::App&, std::string)>& visit) {
  auto inner = at.get_subcommands([](CLI::App*) { return true; });
  if (inner.empty())
    visit(at, path);
  for (auto* x : inner)
    each_verb(*x, path + ' ' + x->get_name(), visit);
}

} // namespace completion_test
using completion_test::each_verb;
using completion_test::program;

TEST_CASE("every verb has an example that names it, and a word of help") {
  program p;
  size_t count = 0;
  each_verb(p.app, "tutti", [&](CLI::App& verb, const std::string& path) {
    CAPTURE(path);
    ++count;
    CHECK(!verb.get_description().empty());
    CHECK(verb.get_footer().find(path) != std::string::npos);
  });
  CHECK(count > 40);
}

TEST_CASE("the reference lists every noun with its verbs") {
  std::string_view page;
  for (auto& x : reference_pages())
    if (x.topic() == "command-line")
      page = section_of(x.text, "nouns");
  REQUIRE(!page.empty());
  program p;
  each_verb(p.app, "tutti", [&](CLI::App& verb, const std::string& path) {
    CAPTURE(path);
    auto* noun = verb.get_parent();
    bool alone = noun == &p.app;
    auto row = page.find("\n| `" + (alone ? verb : *noun).get_name() + "` |");
    REQUIRE(row != page.npos);
    auto line = page.substr(row + 1, page.find('\n', row + 1) - row - 1);
    CHECK((alone || line.find('`' + verb.get_name() + '`') != line.npos));
  });
}

TEST_CASE("every option of every verb has a word of help") {
  program p;
  each_verb(p.app, "tutti", [&](CLI::App& verb, const std::string& path) {
    for (auto* option : verb.get_options()) {
      CAPTURE(path + " " + option->get_name(true));
      CHECK(!option->get_description().empty());
    }
  });
}

TEST_CASE("help of the program fits a screen") {
  program p;
  auto help = p.app.help();
  CHECK(std::count(help.begin(), help.end(), '\n') < 45);
}

TEST_CASE("words are completed where they stand") {
  program p;
  CHECK(p.after({"work"}) == "worker workflow");
  CHECK(p.after({"workflow", "res"}) == "reset-callbacks restart resume");
  CHECK(p.after({"-o", "json", "queue", "li"}) == "list");
  CHECK(p.after({"workflow", "list", "--stat"}) == "--status");
  CHECK(p.after({"workflow", "list", "--out"}) == "--output");
  CHECK(p.after({"workflow", "list", "--status", "C"}) == "COMPLETED");
  CHECK(p.after({"-o", "y"}) == "yaml");
  CHECK(p.after({"--output=y"}) == "--output=yaml");
  CHECK(p.after({"workflow", "apply", "x"}) == " :files");
  CHECK(p.after({"workflow", "apply", "a.json", "x"}) == " :files");
  CHECK(p.after({"definition", "export", "-d", ""}) == " :files");
  CHECK(p.after({"docs", "fork-join-d"}) == "fork-join-dynamic");
  CHECK(p.after({"nosuch", ""}).empty());
  CHECK(p.after({"worker", "run", "x", "--", ""}).empty());
  CHECK(p.after({"workflow", "get", ""}).empty());
  CHECK(p.after({}).empty());
}

TEST_CASE("names come from whoever knows them, for the argument they name") {
  program p;
  for (auto& [option, names] : p.s.completions)
    names = [] { return std::vector<std::string>{"one", "two"}; };
  CHECK(p.after({"workflow", "start", "t"}) == "two");
  CHECK(p.after({"workflow", "start", "one", ""}).empty());
  CHECK(p.after({"definition", "delete", "one", "t"}) == "two");
  CHECK(p.after({"--context", ""}) == "one two");
}
