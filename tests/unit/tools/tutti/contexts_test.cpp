#include "tools/tutti/contexts.hpp"

#include <doctest/doctest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

using namespace tutti;
using namespace tutti::cli;

namespace contexts_test {

struct folder {
  folder() {
    path = std::filesystem::temp_directory_path()
           / ("tutti-contexts-" + std::to_string(getpid()));
    std::filesystem::remove_all(path);
  }
  ~folder() { std::filesystem::remove_all(path); }
  std::string file() const { return (path / "a" / "config.yaml").string(); }
  std::filesystem::path path;
};

} // namespace contexts_test
using contexts_test::folder;

TEST_CASE("contexts are kept in a file that only their owner reads") {
  folder home;
  CHECK(read_contexts(home.file())->contexts.empty());
  context_file what{"b", {{"a", {"http://a", ""}}, {"b", {"http://b", "k"}}}};
  REQUIRE(write_contexts(home.file(), what));
  auto read = read_contexts(home.file());
  REQUIRE(read);
  CHECK(read->current == "b");
  CHECK(read->contexts.at("a").server == "http://a");
  CHECK(read->contexts.at("b").key == "k");
  struct stat seen {};
  REQUIRE(stat(home.file().c_str(), &seen) == 0);
  CHECK((seen.st_mode & 0777) == 0600);
}

TEST_CASE("what is wrong in the file is told with its line") {
  folder home;
  REQUIRE(write_contexts(home.file(), {}));
  for (auto* text :
       {"current: a\ncontext: {}\n", "current: a\ncontexts: {a: {key: x}}\n",
        "current: a\ncontexts: {a: {server: s, kye: x}}\n"}) {
    std::ofstream(home.file()) << text;
    auto read = read_contexts(home.file());
    REQUIRE(!read);
    CAPTURE(read.failure().message);
    CHECK(read.failure().message.find("config.yaml:2: ") != std::string::npos);
  }
}

TEST_CASE("a named server wins over a named context, that over the current") {
  folder home;
  REQUIRE(write_contexts(
      home.file(),
      {"b", {{"alpha", {"http://a", "ka"}}, {"b", {"http://b", "kb"}}}}));
  auto choose = [&](server_choice given) {
    auto out = choose_server(given, home.file());
    REQUIRE(out);
    return out->server + " " + out->key;
  };
  CHECK(choose({}) == "http://b kb");
  CHECK(choose({"", "alpha", ""}) == "http://a ka");
  CHECK(choose({"", "alpha", "own"}) == "http://a own");
  // A context's key is not for another server.
  CHECK(choose({"http://c", "alpha", ""}) == "http://c ");
  CHECK(choose({"http://c", "", "own"}) == "http://c own");
  auto none = choose_server({"", "alhpa", ""}, home.file());
  REQUIRE(!none);
  CHECK(none.failure().code == errc::not_found);
  CHECK(none.failure().message.find("did you mean 'alpha'?")
        != std::string::npos);
  CHECK(choose_server({}, home.path / "none")->server
        == "http://127.0.0.1:8080");
}
