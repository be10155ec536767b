#include "tests/e2e/cli/cli_world.hpp"
#include "tests/support/postgres_server.hpp"
#include "tools/tutti/exit_code.hpp"

// The noun `store`: from a directory into a database, and back.

using nlohmann::json;
using namespace tutti;
using test::cli_world;

namespace cli_store_test {

struct store_world : cli_world {
  /// The same node on the database.
  std::vector<std::string> on_database() const {
    return {"--set", "store.engine=postgres", "--set",
            "store.postgres.url=" + server.uri_of("moved")};
  }
  std::string sh_with_stores(const std::string& script) const {
    return "D=rocksdb:$W/data P='" + server.uri_of("moved") + "'; " + script;
  }

  test::postgres_server server;
};

TEST_CASE_FIXTURE(store_world, "a node moves from its directory into a "
                               "database and back, and its executions go on") {
  register_steps("moving");
  auto id = line("tutti workflow start moving");
  line("tutti workflow start moving");
  CHECK(node.stop() == 0);
  server.run("create database moved");

  auto copied = ask(sh_with_stores("tutti -o json store copy --from $D --to "
                                   "\"$P\""));
  CHECK(copied.size() == 16);
  auto same = sh(sh_with_stores("tutti store verify $D --against \"$P\""));
  CHECK(same.exit_code == 0);
  CHECK(same.err.find("both stores hold the same rows") != same.err.npos);

  {
    test::node_process moved{folder.path() / "moved", on_database()};
    moved.start();
    auto at = "tutti --server " + moved.base_url();
    CHECK(line(at + " workflow get -o json " + id + " | jq -r .status")
          == "RUNNING");
    ask(at + " -o json task complete " + id + " step");
    CHECK(moved.stop() == 0);
  }
  auto differ = sh(sh_with_stores("tutti store verify $D --against \"$P\""));
  CHECK(differ.exit_code == cli::exit_conflict);

  auto back = ask(sh_with_stores("tutti -o json store copy --from \"$P\" --to "
                                 "rocksdb:$W/back"));
  CHECK(back
        == ask(sh_with_stores("tutti -o json store verify rocksdb:$W/back")));
  test::node_process again{folder.path() / "back", {}};
  again.start();
  CHECK(line("tutti --server " + again.base_url()
             + " workflow list -o json --status COMPLETED | jq length")
        == "1");
  CHECK(again.stop() == 0);
}

TEST_CASE_FIXTURE(store_world, "the tables are made once, and mistakes are "
                               "named") {
  server.run("create database moved");
  auto result = [&](const std::string& verb) {
    return ask(sh_with_stores("tutti -o json store " + verb))[0]["result"];
  };
  CHECK(result("init \"$P\"") == "made");
  CHECK(result("init \"$P\"") == "is there");
  CHECK(result("upgrade \"$P\"") == "is up to date");
  auto end = sh(sh_with_stores("tutti store init \"$P\" --shards 4"));
  CHECK(end.exit_code == cli::exit_invalid);
  CHECK(end.err.find("made with 16 shards") != end.err.npos);
  CHECK(sh("tutti store verify nonsense").exit_code == cli::exit_invalid);
  CHECK(sh("tutti store copy --from x --to y").exit_code == cli::exit_misused);
  CHECK(sh("tutti store verify rocksdb:$W/nowhere").exit_code
        == cli::exit_not_found);
  // The node runs.
  CHECK(sh("tutti store verify rocksdb:$W/data").exit_code
        == cli::exit_conflict);
}

} // namespace cli_store_test
