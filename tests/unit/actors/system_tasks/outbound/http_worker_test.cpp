#include "actors/system_tasks/outbound/http_worker.hpp"
#include "tests/support/http_target.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdlib>
#include <future>
#include <thread>

using namespace tutti;
using namespace tutti::test;
using nlohmann::json;

namespace http_worker_tests {

http_client_settings allowing(std::string_view networks) {
  http_client_settings how;
  how.networks = *network_policy::parse(networks);
  return how;
}

struct performed {
  task_status status;
  std::string reason;
  json output;
};

/// One worker, asked like an actor asks it.
struct world {
  explicit world(http_client_settings how = allowing("127.0.0.0/8,::1"),
                 engine::work_times times = {})
      : worker(std::move(how), times) {}
  ~world() { worker.stop(); }

  std::future<performed> begin(json input, bool async_complete = false) {
    auto cell = std::make_shared<std::promise<performed>>();
    worker.perform({"t", "w", std::move(input), async_complete},
                   [cell](task_result x) {
                     cell->set_value({*x.status, x.reason, x.output.json()});
                   });
    return cell->get_future();
  }
  performed run(json input, bool async_complete = false) {
    auto future = begin(std::move(input), async_complete);
    REQUIRE(future.wait_for(std::chrono::seconds(20))
            == std::future_status::ready);
    return future.get();
  }
  performed get(const std::string& url) {
    return run({{"uri", url}, {"method", "GET"}});
  }

  http_worker worker;
};

/// Answers everything with this.
http_target::handler always(std::string bytes) {
  return [bytes](auto&, auto& write) { write(bytes); };
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != text.npos;
}

constexpr std::string_view failed = "Failed to invoke HTTP task due to:";

TEST_CASE("a 2xx answer completes the task with all of it") {
  http_target target(
      always(http_text(200, R"({"ok":true,"n":[1,2]})", "application/json",
                       "X-A: 1\r\nx-a: 2\r\n")));
  world node;
  auto got = node.get(target.url("/x"));
  CHECK(got.status == task_status::completed);
  auto& response = got.output["response"];
  CHECK(response["statusCode"] == 200);
  CHECK(response["reasonPhrase"] == "OK");
  CHECK(response["body"] == json{{"ok", true}, {"n", {1, 2}}});
  CHECK(response["headers"]["X-A"] == json{"1", "2"});
  CHECK(response["headers"]["Content-Type"] == json{"application/json"});
}

TEST_CASE("asyncComplete leaves the task open with its response") {
  http_target target(always(http_text(201, "{}")));
  world node;
  auto got = node.run({{"uri", target.url()}, {"method", "GET"}}, true);
  CHECK(got.status == task_status::in_progress);
  CHECK(got.output["response"]["statusCode"] == 201);
}

TEST_CASE("a body is JSON when it can be, and text when it cannot") {
  std::string body;
  http_target target([&](auto&, auto& write) { write(http_text(200, body)); });
  world node;
  auto read = [&](std::string text) {
    body = std::move(text);
    return node.get(target.url()).output["response"]["body"];
  };
  CHECK(read(R"({"a":{"b":null}})") == json{{"a", {{"b", nullptr}}}});
  CHECK(read("[1, 2]") == json{1, 2});
  CHECK(read("5").is_number_float());
  CHECK(read("5") == 5.0);
  CHECK(read("839299365868340225").dump() == "839299365868340225"); // [B4]
  CHECK(read("18446744073709551616") == "18446744073709551616");
  CHECK(read("[18446744073709551616]") == "[18446744073709551616]");
  CHECK(read("\"hi\"") == "hi");
  CHECK(read("true") == "true");
  CHECK(read("null") == "null");
  CHECK(read("hi") == "hi");
  CHECK(read("{broken") == "{broken");
  CHECK(read("").is_null());
  CHECK(read("\xff\xfe").is_string());
}

TEST_CASE("an answer that is no 2xx fails the task and is kept") {
  http_target target(always(http_text(404, R"({"why":"gone"})")));
  world node;
  auto got = node.get(target.url());
  CHECK(got.status == task_status::failed);
  CHECK(got.reason.starts_with(failed));
  CHECK(contains(got.reason, "404"));
  CHECK(got.output["response"]["statusCode"] == 404);
  CHECK(got.output["response"]["body"]["why"] == "gone");
}

TEST_CASE("what the task asks for is what the server gets") {
  target_request seen;
  http_target target([&](auto& request, auto& write) {
    seen = request;
    write(http_text(200, "{}"));
  });
  world node;
  auto send = [&](json more) {
    json request{{"uri", target.url("/p q?x=1")}, {"method", "POST"}};
    request.update(more);
    CHECK(node.run({{"http_request", request}}).status
          == task_status::completed);
  };
  send({{"body", {{"a", 1}}},
        {"headers", {{"X-Set", "1"}, {"X-Null", nullptr}, {"X-N", 7}}},
        {"vipAddress", "ignored"},
        {"appName", "ignored"}});
  CHECK(seen.method == "POST");
  CHECK(seen.path == "/p%20q?x=1");
  CHECK(json::parse(seen.body) == json{{"a", 1}});
  CHECK(seen.headers["content-type"] == "application/json");
  CHECK(seen.headers["accept"] == "application/json");
  CHECK(seen.headers["x-set"] == "1");
  CHECK(seen.headers["x-n"] == "7");
  CHECK_FALSE(seen.headers.contains("x-null"));
  CHECK_FALSE(seen.headers.contains("expect"));

  send({{"body", "plain"},
        {"accept", {"text/plain", "text/html"}},
        {"contentType", "text/plain"}});
  CHECK(seen.body == "plain");
  CHECK(seen.headers["accept"] == "text/plain, text/html");
  CHECK(seen.headers["content-type"] == "text/plain");

  send({{"accept", "x/y"}, {"headers", {{"accept", "z/z"}}}});
  CHECK(seen.headers["accept"] == "z/z");
  CHECK(seen.headers["content-length"] == "0");
  CHECK_FALSE(seen.headers.contains("content-type"));

  for (auto* method : {"GET", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
    send({{"method", method}});
    CHECK(seen.method == method);
  }
}

TEST_CASE("a task cannot say where its request ends") {
  target_request seen;
  http_target target([&](auto& request, auto& write) {
    seen = request;
    write(http_text(200, "{}"));
  });
  world node;
  for (json headers :
       {json{{"Content-Length", "0"}}, json{{"content-length", "99"}},
        json{{"Transfer-Encoding", "chunked"}}}) {
    CAPTURE(headers);
    auto got = node.run({{"uri", target.url()},
                         {"method", "POST"},
                         {"body", "GET /more HTTP/1.1"},
                         {"headers", headers}});
    CHECK(got.status == task_status::completed);
    CHECK(seen.body == "GET /more HTTP/1.1");
    CHECK(seen.headers["content-length"] == "18");
    CHECK_FALSE(seen.headers.contains("transfer-encoding"));
  }
  CHECK(target.requests() == 3);
}

TEST_CASE("HEAD has an answer without a body") {
  http_target target([](auto&, auto& write) {
    write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
  });
  world node;
  auto got = node.run({{"uri", target.url()}, {"method", "HEAD"}});
  CHECK(got.status == task_status::completed);
  CHECK(got.output["response"]["body"].is_null());
}

TEST_CASE("an input that is no request fails with a sentence") {
  world node;
  struct row {
    json input;
    const char* reason;
  };
  for (auto& [input, reason] : std::vector<row>{
           {{{"method", "GET"}}, "URI"},
           {{{"uri", "http://a"}}, "method"},
           {{{"uri", "http://a"}, {"method", "BREW"}}, "BREW"},
           {{{"http_request", 7}}, "http_request"},
           {{{"uri", "ftp://a/b"}, {"method", "GET"}}, "ftp://a/b"},
           {{{"uri", "file:///etc/passwd"}, {"method", "GET"}}, "file:"},
           {{{"uri", "gopher://a"}, {"method", "GET"}}, "gopher:"},
           {{{"uri", "http://"}, {"method", "GET"}}, "http://"},
           {{{"uri", "http://a"},
             {"method", "GET"},
             {"headers", {{"X", "a\r\nY: b"}}}},
            "header"},
           {{{"uri", "http://a"},
             {"method", "GET"},
             {"headers", {{"a b", ""}}}},
            "header"},
       }) {
    CAPTURE(input);
    auto got = node.run(input);
    CHECK(got.status == task_status::failed);
    CHECK(got.reason.starts_with(failed));
    CHECK(contains(got.reason, reason));
    CHECK(got.output["response"] == got.reason);
  }
}

TEST_CASE("a connection is used again") {
  http_target target(always(http_text(200, "{}")));
  world node;
  for (int i = 0; i < 5; ++i)
    CHECK(node.get(target.url()).status == task_status::completed);
  CHECK(target.connections() == 1);
}

TEST_CASE("nobody listens, and the reason says so") {
  int port;
  {
    http_target gone(always(""));
    port = gone.port();
  }
  world node;
  auto got = node.get("http://127.0.0.1:" + std::to_string(port) + "/");
  CHECK(got.status == task_status::failed);
  CHECK(got.output["response"] == got.reason);
}

TEST_CASE("a server that is silent for too long fails the task in time") {
  http_target* self = nullptr;
  http_target target([&](auto&, auto& write) {
    write("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nbeg");
    self->hang();
  });
  self = &target;
  world node;
  auto began = std::chrono::steady_clock::now();
  auto got = node.run(
      {{"uri", target.url()}, {"method", "GET"}, {"readTimeOut", 200}});
  CHECK(got.status == task_status::failed);
  CHECK(contains(got.reason, "Read timed out"));
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(10));
}

TEST_CASE("a server that goes on and on is cut off in the end") {
  http_target* self = nullptr;
  http_target target([&](auto&, auto& write) {
    write("HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n");
    while (write("x"))
      self->hang(std::chrono::milliseconds(10));
  });
  self = &target;
  engine::work_times times;
  times.http_transfer_ms = 100;
  world node(allowing("127.0.0.1"), times);
  auto got = node.run({{"uri", target.url()},
                       {"method", "GET"},
                       {"connectionTimeOut", 100},
                       {"readTimeOut", 100}});
  CHECK(got.status == task_status::failed);
  CHECK(contains(got.reason, "not complete in time"));
}

TEST_CASE("an answer that is too large is cut off, chunked or not") {
  auto how = allowing("127.0.0.1");
  how.answer_bytes_max = 100'000;
  world node(how);
  http_target sized(always(http_text(200, std::string(200'000, 'x'))));
  CHECK(contains(node.get(sized.url()).reason, "larger than 100000 bytes"));
  http_target chunked([](auto&, auto& write) {
    write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    auto chunk = "1000\r\n" + std::string(4096, 'x') + "\r\n";
    while (write(chunk)) {
    }
  });
  CHECK(contains(node.get(chunked.url()).reason, "larger than 100000 bytes"));
  // 2 MB of zeros, deflated.
  http_target bomb([](auto&, auto& write) {
    static const std::string packed = [] {
      FILE* pipe = popen("head -c 2000000 /dev/zero | gzip -9", "r");
      std::string out;
      char block[4096];
      while (auto n = fread(block, 1, sizeof block, pipe))
        out.append(block, n);
      pclose(pipe);
      return out;
    }();
    write(http_text(200, packed, "text/plain", "Content-Encoding: gzip\r\n"));
  });
  CHECK(contains(node.get(bomb.url()).reason, "larger than 100000 bytes"));
}

TEST_CASE("GET follows redirects, a few, and others do not") {
  http_target target([](auto& request, auto& write) {
    auto number = std::atoi(request.path.substr(1).c_str());
    write(number == 0
              ? http_text(200, "{}")
              : http_text(302, "", "",
                          "Location: /" + std::to_string(number - 1) + "\r\n"));
  });
  world node;
  auto got = node.get(target.url("/5"));
  CHECK(got.status == task_status::completed);
  CHECK(got.output["response"]["statusCode"] == 200);
  CHECK(node.get(target.url("/6")).status == task_status::failed);
  got = node.run({{"uri", target.url("/1")}, {"method", "POST"}});
  CHECK(got.status == task_status::failed);
  CHECK(got.output["response"]["statusCode"] == 302);
}

// Where a request must not go

TEST_CASE("every way to spell a private address is refused") {
  http_target target(always(http_text(200, "{}")));
  http_target six(always(http_text(200, "{}")), true);
  world node{http_client_settings{}};
  auto port = ":" + std::to_string(target.port());
  for (auto& host : {"127.0.0.1", "localhost", "127.1", "2130706433",
                     "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001",
                     "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0.0.0.0", "0",
                     "127.0.0.1.", "LOCALHOST", "user:pw@127.0.0.1"}) {
    CAPTURE(host);
    auto got = node.get(std::string("http://") + host + port + "/");
    CHECK(got.status == task_status::failed);
    CHECK(got.reason.starts_with(failed));
  }
  auto sentence = node.get("http://2130706433" + port).reason;
  CHECK(contains(sentence, "127.0.0.1 is a loopback address"));
  CHECK(contains(sentence, "outbound.allowed_networks"));
  node.get(six.url());
  node.get("http://169.254.169.254/latest/meta-data/");
  CHECK(target.connections() == 0);
  CHECK(six.connections() == 0);
}

TEST_CASE("a redirect to a private address is refused") {
  http_target inner(always(http_text(200, "{}")));
  http_target outer(always(http_text(
      302, "", "",
      "Location: http://127.0.0.2:" + std::to_string(inner.port()) + "/\r\n")));
  world node(allowing("127.0.0.1"));
  auto got = node.get(outer.url());
  CHECK(got.status == task_status::failed);
  CHECK(contains(got.reason, "127.0.0.2 is a loopback address"));
  CHECK(outer.connections() == 1);
  CHECK(inner.connections() == 0);
}

TEST_CASE("a redirect to another protocol is not followed") {
  for (auto* where : {"file:///etc/passwd", "ftp://127.0.0.1/", "gopher://x"}) {
    http_target target(always(
        http_text(302, "", "", "Location: " + std::string(where) + "\r\n")));
    world node;
    CHECK(node.get(target.url()).status == task_status::failed);
  }
}

TEST_CASE("a proxy that the environment names is not used") {
  http_target proxy(always(http_text(200, "\"proxy\"")));
  http_target target(always(http_text(200, "\"target\"")));
  for (auto* name : {"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"})
    setenv(name, proxy.url().c_str(), 1);
  world node;
  CHECK(node.get(target.url()).output["response"]["body"] == "target");
  CHECK(proxy.connections() == 0);
  for (auto* name : {"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"})
    unsetenv(name);
}

TEST_CASE("a worker that is stopped gives up what is under way") {
  http_target* self = nullptr;
  http_target target([&](auto&, auto&) { self->hang(); });
  self = &target;
  std::future<performed> never;
  {
    world node;
    never = node.begin({{"uri", target.url()}, {"method", "GET"}});
    node.get("http://127.0.0.1:1/"); // the loop has seen both
  }
  CHECK_THROWS_AS(never.get(), std::future_error);
}

TEST_CASE("large responses share the memory of the process and wait for it") {
  constexpr size_t mib = 1 << 20;
  auto& account = memory_account::of_process();
  account.set({.bytes = 16 * mib});
  http_target target(
      always(http_text(200, '"' + std::string(2 * mib, 'x') + '"')));
  world node;
  {
    auto others = account.count(memory_use::executions, 12 * mib);
    auto large = node.begin({{"uri", target.url()}, {"method", "GET"}});
    while (account.count_all().waiting == 0)
      std::this_thread::yield();
    CHECK(large.wait_for(std::chrono::seconds(0))
          == std::future_status::timeout);
    others = {};
    auto got = large.get();
    CHECK(got.status == task_status::completed);
    CHECK(got.output["response"]["body"].get<std::string>().size() == 2 * mib);
  }
  // Nobody waits longer than its transfer may take.
  auto others = account.count(memory_use::executions, 12 * mib);
  auto late = node.begin({{"uri", target.url()}, {"method", "GET"}});
  while (account.count_all().waiting == 0)
    std::this_thread::yield();
  account.measured(SIZE_MAX, memory_account::instant::max());
  auto got = late.get();
  CHECK(got.status == task_status::failed);
  CHECK(contains(got.reason, "memory.heavy_mib"));
  others = {};
  CHECK(account.count_all().held[size_t(memory_use::responses)] == 0);
  account.set({});
}

TEST_CASE("a response that is too heavy as a document fails its task") {
  auto& account = memory_account::of_process();
  account.set({.document_bytes = 1 << 20});
  std::string list = "[[]";
  for (int i = 0; i < 50'000; ++i)
    list += ",[]";
  http_target target(always(http_text(200, list + "]")));
  world node;
  auto got = node.get(target.url());
  account.set({});
  CHECK(got.status == task_status::failed);
  CHECK(contains(got.reason, "memory.document_mib_max"));
}

} // namespace http_worker_tests
