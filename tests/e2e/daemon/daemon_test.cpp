#include "tests/e2e/raw_connection.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/node_process.hpp"
#include "tools/tutti/child_process.hpp"

#include <doctest/doctest.h>

#include <sys/resource.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <future>
#include <thread>

using namespace tutti;
using namespace std::chrono_literals;

namespace {

struct daemon_world {
  cli::finished_process
  run(std::vector<std::string> arguments,
      std::vector<std::pair<std::string, std::string>> environment = {}) {
    cli::process_options o;
    o.command = {test::tuttid_path().string()};
    o.command.insert(o.command.end(), arguments.begin(), arguments.end());
    o.environment = {environment.begin(), environment.end()};
    auto end = cli::run_process(o, "");
    REQUIRE(end);
    return *end;
  }
  std::string write(const std::string& name, const std::string& text) {
    auto path = folder.path() / name;
    std::ofstream(path) << text;
    return path.string();
  }
  std::string data(const std::string& name = "data") const {
    return (folder.path() / name).string();
  }

  test::scratch_directory folder{"daemon"};
};

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != text.npos;
}

constexpr auto workflow = R"({"name":"w","version":1,"tasks":[{"name":"t",
  "taskReferenceName":"r","type":"SIMPLE"}]})";

} // namespace

TEST_CASE_FIXTURE(daemon_world, "wrong settings are said with their place and "
                                "end with 2") {
  auto file = write("tutti.toml", "[http]\nprot = 1\n");
  auto end = run({"--config", file, "--check-config"});
  CHECK(end.exit_code == 2);
  CHECK(has(end.err, "tutti.toml:2:1: there is no setting 'http.prot'"));
  CHECK(has(end.err, "did you mean 'port'?"));
  CHECK(end.out.empty());
  CHECK(run({"--port", "99999"}).exit_code == 2);
  CHECK(run({"--set", "port"}).exit_code == 2);
  CHECK(run({"--nothing"}).exit_code == 2);
  CHECK(run({"--config", data("none")}).exit_code == 2);
}

TEST_CASE_FIXTURE(daemon_world, "the printed settings are the ones in effect") {
  auto file = write("tutti.toml", "[http]\nport = 1001\nthreads = 3\n"
                                  "listen = \"::1\"\n");
  auto end = run({"--config", file, "--port", "1003", "--print-config"},
                 {{"TUTTI_HTTP_PORT", "1002"}, {"TUTTI_HTTP_THREADS", "2"}});
  CHECK(end.exit_code == 0);
  CHECK(has(end.out, "\nport = 1003\n"));
  CHECK(has(end.out, "\nthreads = 2\n"));
  CHECK(has(end.out, "\nlisten = \"::1\"\n"));
  CHECK(has(run({"--version"}).out, "tuttid "));
  CHECK(run({"--check-config"}).exit_code == 0);
}

TEST_CASE_FIXTURE(daemon_world, "an address that others reach must be asked "
                                "for, and is said at each start") {
  for (auto* address : {"0.0.0.0", "::", "192.0.2.1", "localhost.example"}) {
    CAPTURE(address);
    auto listen = std::string("http.listen=") + address;
    auto end = run({"--set", listen, "--check-config"});
    CHECK(end.exit_code == 2);
    CHECK(has(end.err, "http.insecure = true"));
    CHECK(
        run({"--set", listen, "--set", "http.insecure=true", "--check-config"})
            .exit_code
        == 0);
  }
  for (auto* address : {"127.0.0.1", "127.9.9.9", "::1", "localhost"})
    CHECK(
        run({"--set", std::string("http.listen=") + address, "--check-config"})
            .exit_code
        == 0);
  test::node_process open(data("open"), {"--set", "http.listen=0.0.0.0",
                                         "--set", "http.insecure=true"});
  open.start();
  CHECK(has(open.log_end(), "whoever reaches 0.0.0.0 may do everything"));
  CHECK(open.stop() == 0);
}

TEST_CASE_FIXTURE(daemon_world, "a page of another site is refused, and "
                                "counted") {
  test::node_process node(data(), {"--set", "http.allowed_hosts=good.example"});
  node.start();
  auto ask = [&](const std::string& headers) {
    test::raw_connection c(node.port());
    c.send("GET /api/workflow/x HTTP/1.1\r\nConnection: close\r\n" + headers
           + "\r\n");
    return test::status_of(c.receive());
  };
  CHECK(ask("Host: bad.example\r\n") == 403);
  CHECK(ask("Host: good.example\r\n") == 404);
  CHECK(ask("Host: localhost\r\nOrigin: http://bad.example\r\n") == 403);
  test::http_client client(node.base_url());
  auto figures = client.send("GET", "/metrics").body;
  CHECK(has(figures, "tutti_http_refused_total{reason=\"host\"} 1"));
  CHECK(has(figures, "tutti_http_refused_total{reason=\"origin\"} 1"));
}

TEST_CASE_FIXTURE(daemon_world, "a taken port and a store in use are refused "
                                "with a sentence and 1") {
  test::node_process node(data(), {});
  node.start();
  auto port = std::to_string(node.port());
  auto taken = run({"--port", port, "--data", data("other")});
  CHECK(taken.exit_code == 1);
  CHECK(has(taken.err, "port " + port));
  CHECK_FALSE(has(taken.out, "ready"));
  auto used = run({"--port", "0", "--data", data()});
  CHECK(used.exit_code == 1);
  CHECK(has(used.err, "in use by another process"));
  CHECK(node.stop() == 0);
  auto shards
      = run({"--port", "0", "--data", data(), "--set", "store.shards=8"});
  CHECK(shards.exit_code == 1);
  CHECK(has(shards.err, "16 shards"));
}

TEST_CASE_FIXTURE(daemon_world, "a node says where it listens once it does") {
  test::node_process node(data(), {});
  node.start();
  CHECK(has(node.log_end(), "tuttid ready on " + node.base_url() + "\n"));
  test::http_client client(node.base_url());
  CHECK(client.send("GET", "/health").ok());
}

TEST_CASE_FIXTURE(daemon_world, "a stopping node answers who waits and ends "
                                "with 0") {
  test::node_process node(data(), {});
  node.start();
  test::http_client client(node.base_url());
  REQUIRE(client.send("POST", "/api/metadata/workflow", workflow).ok());
  auto polling = std::async(std::launch::async, [&] {
    test::http_client worker(node.base_url());
    return worker.send("GET", "/api/tasks/poll/batch/t?timeout=5000");
  });
  // Parked once it is remembered as a poll.
  while (client.send("GET", "/api/tasks/queue/polldata?taskType=t").body
         == "[]")
    std::this_thread::yield();
  auto begin = std::chrono::steady_clock::now();
  CHECK(node.stop() == 0);
  CHECK(std::chrono::steady_clock::now() - begin < 4s);
  auto got = polling.get();
  CHECK(got.status == 200);
  CHECK(got.body == "[]");
}

TEST_CASE_FIXTURE(daemon_world, "what was acknowledged survives a stop, but "
                                "not in memory only") {
  for (bool memory : {false, true}) {
    CAPTURE(memory);
    std::vector<std::string> arguments;
    if (memory)
      arguments.push_back("--memory");
    test::node_process node(data(memory ? "memory" : "disk"), arguments);
    node.start();
    std::string id;
    {
      test::http_client client(node.base_url());
      REQUIRE(client.send("POST", "/api/metadata/workflow", workflow).ok());
      id = client.send("POST", "/api/workflow/w", "{}").body;
      REQUIRE(client.send("GET", "/api/workflow/" + id).ok());
    }
    REQUIRE(node.stop() == 0);
    node.start();
    test::http_client client(node.base_url());
    CHECK(client.send("GET", "/api/workflow/" + id).status
          == (memory ? 404 : 200));
    CHECK(client.send("GET", "/api/metadata/workflow/w").status
          == (memory ? 404 : 200));
    CHECK(client.send("GET", "/api/tasks/queue/all").body
          == (memory ? "{}" : R"({"t":1})"));
  }
}

TEST_CASE_FIXTURE(daemon_world, "SIGHUP reloads the log level, and no signal "
                                "but a stop ends a node") {
  auto file = write("tutti.toml", "[node]\nlog_level = \"info\"\n");
  test::node_process node(data(), {"--config", file});
  node.start();
  test::http_client client(node.base_url());
  write("tutti.toml", "[node]\nlog_level = \"debug\"\n");
  node.signal(SIGHUP);
  auto reloaded = [&] { return has(node.log_end(), "the log level is debug"); };
  while (!reloaded())
    std::this_thread::yield();
  write("tutti.toml", "[node]\nlog_level = \"loud\"\n");
  node.signal(SIGHUP);
  while (!has(node.log_end(), "the settings stay as they are"))
    std::this_thread::yield();
  for (auto x : {SIGHUP, SIGUSR1, SIGUSR2, SIGPIPE}) {
    node.signal(x);
    CHECK(client.send("GET", "/readyz").ok());
  }
  CHECK(node.stop() == 0);
}

TEST_CASE_FIXTURE(daemon_world, "a disk that is full is named in the system's "
                                "words, and the node can still be read [B11]") {
  test::node_process node(data(), {"--set", "node.failed_seconds=3600"});
  node.start();
  test::http_client client(node.base_url());
  REQUIRE(client.send("POST", "/api/metadata/workflow", workflow).ok());
  auto id = client.send("POST", "/api/workflow/w", "{}").body;
  CHECK(client.send("GET", "/readyz").status == 200);
  // No file may grow beyond this.
  rlimit little{64 << 10, 64 << 10};
  REQUIRE(prlimit(node.pid(), RLIMIT_FSIZE, &little, nullptr) == 0);
  auto large = R"({"x":")" + std::string(200'000, 'x') + R"("})";
  CHECK(client.send("POST", "/api/workflow/w", large).status == 500);
  auto refused = client.send("POST", "/api/workflow/w", "{}");
  CHECK(refused.status == 500);
  // What was said before holds for a moment.
  while (client.send("GET", "/readyz").ok())
    std::this_thread::yield();
  for (auto& text : {client.send("GET", "/readyz").body,
                     client.send("GET", "/health").body, node.log_end()}) {
    CAPTURE(text);
    CHECK(has(text, "File too large"));
    CHECK(has(text, data()));
    CHECK(has(text, ".log"));
  }
  CHECK(client.send("GET", "/readyz").status == 503);
  CHECK(client.send("GET", "/health").status == 503);
  // Ending it now would lose what it can still tell.
  CHECK(client.send("GET", "/healthz").status == 200);
  CHECK(client.send("GET", "/api/metadata/workflow/w").ok());
  CHECK(node.stop() == 1);
  node.start();
  CHECK(client.send("GET", "/api/workflow/" + id).ok());
}
