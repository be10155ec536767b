#include "config/loader.hpp"
#include "config/print_config.hpp"
#include "config/setting_table.hpp"
#include "config/suggestion.hpp"
#include "messages/model/query/query_bounds.hpp"
#include "messages/requests/request_bounds.hpp"

#include <doctest/doctest.h>

#include <set>

namespace config_test {

using namespace tutti;
using config::sources;

sources file(std::string text) {
  sources out;
  out.config = sources::file{"tutti.toml", std::move(text)};
  return out;
}

std::string sentence(const sources& from) {
  auto x = config::load(from);
  return x ? "it loads" : x.failure().message;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != text.npos;
}

TEST_CASE("settings that nobody gives keep their defaults") {
  auto x = config::load({});
  REQUIRE(x);
  CHECK(x->http.listen == "127.0.0.1");
  CHECK(x->http.port == 8080);
  CHECK(x->store.shards == 16);
  CHECK_FALSE(x->node.test_clock);
}

TEST_CASE("the environment wins over the file and flags win over both") {
  auto from = file("[http]\nport = 1001\nlisten = \"::1\"\n"
                   "[node]\ndrain_seconds = 3\n");
  from.environment
      = {{"TUTTI_HTTP_PORT", "1002"}, {"TUTTI_NODE_DRAIN_SECONDS", "4"}};
  from.flags = {{"http.port", "1003"}};
  auto x = config::load(from);
  REQUIRE(x);
  CHECK(x->http.port == 1003);
  CHECK(x->node.drain_seconds == 4);
  CHECK(x->http.listen == "::1");
}

TEST_CASE(
    "an unknown key is an error that names its place and the likely key") {
  auto said = sentence(file("[http]\nlisten = \"::1\"\n  prot = 1\n"));
  CHECK(said
        == "tutti.toml:3:3: there is no setting 'http.prot'; did you mean "
           "'port'?");
  CHECK(has(sentence(file("[htpp]\n")),
            "there is no section 'htpp'; did you mean 'http'?"));
  CHECK(sentence(file("zzzzzzzz = 1\n"))
        == "tutti.toml:1:1: there is no section 'zzzzzzzz'");
}

TEST_CASE("a setting under its former name is an error that says the new one") {
  CHECK(sentence(file("[executions]\nlinger_ms = 1\n"))
        == "tutti.toml:2:1: there is no setting 'executions.linger_ms'; it is "
           "called 'executions.deferred_commit_ms' now");
}

TEST_CASE("a section may be inside another one") {
  auto from = file("[store]\nshards = 4\n[store.postgres]\nurl = \"x\"\n");
  from.environment = {{"TUTTI_STORE_POSTGRES_WRITE_CONNECTIONS", "7"}};
  auto x = config::load(from);
  REQUIRE(x);
  CHECK(x->store.shards == 4);
  CHECK(x->store.postgres.url == "x");
  CHECK(x->store.postgres.write_connections == 7);
  CHECK(has(sentence(file("[store]\npostgres = 3\n")),
            "'store.postgres' must be a section: [store.postgres]"));
  CHECK(has(sentence(file("[store.postgres]\nuri = \"x\"\n")),
            "there is no setting 'store.postgres.uri'; did you mean 'url'?"));
}

TEST_CASE("an unknown variable of a known section is an error, others are not "
          "ours") {
  sources from;
  from.environment = {{"TUTTI_SERVER", "http://x"}, {"HOME", "/"}};
  CHECK(config::load(from));
  from.environment = {{"TUTTI_HTTP_PROT", "1"}};
  CHECK(sentence(from)
        == "environment: there is no setting TUTTI_HTTP_PROT; did you mean "
           "'TUTTI_HTTP_PORT'?");
}

TEST_CASE("values out of range or of another type are refused with the rule") {
  CHECK(sentence(file("[http]\nport = 65536\n"))
        == "tutti.toml:2:8: 'http.port' must be a number from 0 to 65535");
  for (auto bad : {"\"80\"", "80.5", "true", "[80]", "{x = 1}", "-1"})
    CHECK_MESSAGE(has(sentence(file(std::string("[http]\nport = ") + bad)),
                      "'http.port' must be a number from 0 to 65535"),
                  bad);
  CHECK(has(sentence(file("[http]\nlisten = \"\"\n")), "must be a text"));
  CHECK(has(sentence(file("[node]\nlog_level = \"loud\"\n")),
            "must be one of debug, info, warn, error, off"));
  CHECK(
      has(sentence(file("[node]\ntest_clock = 1\n")), "must be true or false"));
  CHECK(has(sentence(file("http = 3\n")), "'http' must be a section: [http]"));
}

TEST_CASE("texts of flags and variables are read as the setting's type") {
  sources from;
  for (auto bad : {"", "12x", "0x10", " 1", "99999999999999999999", "true"}) {
    from.flags = {{"http.port", bad}};
    CHECK_MESSAGE(has(sentence(from), "'http.port' must be a number"), bad);
  }
  from.flags = {{"node.test_clock", "yes"}};
  CHECK(has(sentence(from), "must be true or false"));
  from.flags = {{"node.test_clock", "true"}, {"store.directory", "12"}};
  auto x = config::load(from);
  REQUIRE(x);
  CHECK(x->node.test_clock);
  CHECK(x->store.directory == "12");
}

TEST_CASE("a file that is not TOML is refused with line and column") {
  CHECK(has(sentence(file("[http]\nport = = 1\n")), "tutti.toml:2:"));
  CHECK(has(sentence(file("[http]\nport = 1\nport = 2\n")), "tutti.toml:3:"));
}

TEST_CASE("all that is wrong is said at once") {
  auto from = file("[http]\nprot = 1\nport = -1\n");
  from.flags = {{"nothing", "1"}};
  auto said = sentence(from);
  CHECK(has(said, "http.prot"));
  CHECK(has(said, "'http.port' must be"));
  CHECK(has(said, "command line: there is no setting 'nothing'"));
}

TEST_CASE("what is printed loads as the same settings") {
  config::settings x;
  x.http.port = 4711;
  x.store.directory = "a \"quoted\" \\ path";
  x.node.test_clock = true;
  x.environment.names = "";
  auto text = config::print_config(x);
  auto again = config::load(file(text));
  REQUIRE(again);
  CHECK(config::print_config(*again) == text);
  CHECK(again->store.directory == x.store.directory);
  CHECK(again->http.port == 4711);
}

TEST_CASE("the sample file shows the defaults") {
  auto sample = config::read_file(TUTTI_SOURCE_DIR "/config/tutti.toml");
  REQUIRE(sample);
  CHECK(sample->text == config::print_config({}));
}

TEST_CASE("every default keeps its own rule and every setting has its own "
          "name") {
  config::settings x;
  std::set<std::string> paths, variables;
  for (auto& what : config::all_settings()) {
    auto path = what.path();
    CHECK_MESSAGE(paths.insert(path).second, path);
    CHECK_MESSAGE(variables.insert(what.env()).second, path);
    CHECK_MESSAGE(config::find_setting(path) == &what, path);
    CHECK_MESSAGE(!what.doc.empty(), path);
    auto text = config::written(x, what);
    if (text.front() == '"')
      text = text.substr(1, text.size() - 2);
    CHECK_MESSAGE(!config::assign_text(x, what, text), path);
  }
}

TEST_CASE("a file that is not there is a failure with its name") {
  auto x = config::read_file("no/such/file.toml");
  REQUIRE_FALSE(x);
  CHECK(has(x.failure().message, "no/such/file.toml"));
  CHECK_FALSE(config::read_file("/"));
}

TEST_CASE("only what is close is suggested") {
  std::vector<std::string> names = {"port", "listen", "body_kib_max"};
  CHECK(config::closest("Port", names) == "port");
  CHECK(config::closest("lissten", names) == "listen");
  CHECK(config::closest("body", names) == "body_kib_max");
  CHECK(config::closest("zzz", names) == "");
}

TEST_CASE("every bound names a setting") {
  for (auto* x : bounds::all)
    CHECK_MESSAGE(config::find_setting(x->setting), x->setting);
  for (auto* x : bounds::of_requests)
    CHECK_MESSAGE(config::find_setting(x->setting), x->setting);
  for (auto* x : bounds::of_queries)
    CHECK_MESSAGE(config::find_setting(x->setting), x->setting);
}

} // namespace config_test
