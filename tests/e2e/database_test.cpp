#include "tests/support/http_client.hpp"
#include "tests/support/node_process.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/waiting.hpp"
#include "tools/tutti/child_process.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <mutex>
#include <thread>

// A node whose store is a database: bad days of the database, seen by clients.

using namespace tutti;
using namespace tutti::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace database_test {

constexpr const char* definition = R"([{
  "name": "stored", "version": 1, "ownerEmail": "e2e@example.com",
  "tasks": [{"name": "stored_step", "taskReferenceName": "step",
             "type": "SIMPLE"}]}])";

struct world {
  world() {
    server.run("create database store");
    cli::process_options make;
    make.command = {TUTTI_CLI, "store", "init", server.uri_of("store")};
    auto made = cli::run_process(make, "");
    REQUIRE(made);
    REQUIRE_MESSAGE(made->exit_code == 0, made->err);
  }

  std::vector<std::string> settings() const {
    return {"--set", "store.engine=postgres",
            "--set", "store.postgres.url=" + server.uri_of("store"),
            "--set", "store.postgres.statement_timeout_ms=2000"};
  }
  http_reply send(const char* method, const std::string& path,
                  const std::string& body = {}) {
    return client.send(method, path, body);
  }
  /// Also says what the node's parts wait for.
  bool readiness_says(int status, const std::string& words) {
    return in_time([&] {
      auto got = send("GET", "/readyz");
      return got.status == status && got.body.find(words) != got.body.npos;
    });
  }

  postgres_server server;
  scratch_directory scratch{"database"};
  node_process node{scratch.path() / "data", settings()};
  http_client client{node.base_url(), 40s};
};

/// Starts executions one after another and keeps the ids it was given.
class starter {
 public:
  explicit starter(const std::string& url) {
    thread_ = std::thread([this, url] {
      http_client client{url, 60s};
      while (!stop_) {
        auto got = client.send("POST", "/api/workflow/stored", "{}");
        if (got.status == 200) {
          std::lock_guard guard{mutex_};
          ids_.push_back(got.body);
        }
      }
    });
  }
  ~starter() { end(); }
  std::vector<std::string> end() {
    stop_ = true;
    if (thread_.joinable())
      thread_.join();
    return ids();
  }
  std::vector<std::string> ids() {
    std::lock_guard guard{mutex_};
    return ids_;
  }
  bool goes_on() {
    auto before = ids().size();
    return in_time([&] { return ids().size() > before + 5; }, 60s);
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> ids_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

TEST_CASE_FIXTURE(world, "a node waits for its database, says so, and goes on "
                         "by itself; nothing acknowledged is lost") {
  node.start();
  REQUIRE(send("PUT", "/api/metadata/workflow", definition).ok());
  std::vector<std::unique_ptr<starter>> starters;
  for (int i = 0; i < 4; ++i)
    starters.push_back(std::make_unique<starter>(node.base_url()));
  CHECK(starters[0]->goes_on());
  for (int i = 0; i < 3; ++i) {
    server.kill();
    CHECK(readiness_says(503, "commits wait for the database"));
    server.start();
    CHECK(readiness_says(200, ""));
    CHECK(starters[0]->goes_on());
    server.run("select pg_terminate_backend(pid) from pg_stat_activity where "
               "application_name = 'tutti'");
    CHECK(starters[0]->goes_on());
  }
  std::vector<std::string> ids;
  for (auto& x : starters)
    for (auto& id : x->end())
      ids.push_back(id);
  node.kill(); // what is there now is what the database has
  node.start();
  size_t missing = 0;
  for (auto& id : ids)
    missing += send("GET", "/api/workflow/" + id).status != 200;
  CHECK(missing == 0);
  CHECK(ids.size() > 40);
  CHECK(node.stop() == 0);
}

TEST_CASE_FIXTURE(world, "a second node on the store fences the first one, "
                         "which ends") {
  node.start();
  REQUIRE(send("PUT", "/api/metadata/workflow", definition).ok());
  node_process second{scratch.path() / "second", settings()};
  second.start();
  // Whatever the first one is asked now is refused.
  auto got = send("POST", "/api/workflow/stored", "{}");
  CHECK_FALSE(got.ok());
  CHECK(readiness_says(503, "was taken over by another owner"));
  http_client to_second{second.base_url()};
  CHECK(to_second.send("POST", "/api/workflow/stored", "{}").ok());
  CHECK(second.stop() == 0);
}

TEST_CASE_FIXTURE(world, "no password is shown by the node") {
  auto with_password = settings();
  auto& url = with_password[3];
  url.replace(url.find("tutti@"), 6, "tutti:c4n4ry@");
  node_process other{scratch.path() / "other", with_password};
  other.start();
  http_client to{other.base_url()};
  for (auto* path : {"/api/admin/config", "/health", "/metrics"}) {
    auto got = to.send("GET", path);
    CHECK(got.ok());
    CHECK(got.body.find("c4n4ry") == got.body.npos);
  }
  CHECK(to.send("GET", "/metrics").body.find("tutti_database_commits_total")
        != std::string::npos);
  CHECK(other.stop() == 0);
  CHECK(other.log_end(1 << 20).find("c4n4ry") == std::string::npos);
}

} // namespace database_test
