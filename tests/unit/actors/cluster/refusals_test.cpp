#include "actors/cluster/link_host.hpp"
#include "tests/unit/actors/cluster/two_peers.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <sys/resource.h>

#include <fstream>

// Whoever is not a node of this cluster is refused, counted, and no trouble.

namespace tutti::test::cluster {

namespace refusals_detail {

namespace asio = boost::asio;
using namespace std::chrono_literals;

/// Node "b", which listens for node "a".
struct listening {
  explicit listening(link_settings how, protocol_versions speaks = {})
      : host(*link_host::make(std::move(how), {"a"}, speaks)) {
    host->begin(
        {[this](const std::string&, link_event x) { events.put(std::move(x)); },
         [] {
           return shard_map(1, {"a", "b"});
         }});
  }
  ~listening() {
    host->stop();
    while (events.size() > 0)
      events.take();
  }

  std::shared_ptr<link_host> host;
  inbox<link_event> events;
};

/// Somebody who dials it.
struct dialling {
  dialling(link_settings how, uint16_t port, shard_map map = {1, {"a", "b"}},
           protocol_versions speaks = {})
      : host(*link_host::make(std::move(how), {"b"}, speaks)) {
    host->begin(
        {[this](const std::string&, link_event x) { events.put(std::move(x)); },
         [map] { return map; }});
    host->dial("b", "127.0.0.1", port);
  }
  ~dialling() {
    host->stop();
    while (events.size() > 0)
      events.take();
  }
  std::optional<link_event> first() { return events.take(); }

  std::shared_ptr<link_host> host;
  inbox<link_event> events;
};

/// A client that does as it likes.
struct raw_client {
  explicit raw_client(uint16_t port)
      : tls(asio::ssl::context::tlsv13), over(io, tls) {
    connect(port);
  }
  raw_client(uint16_t port, const link_settings& shows)
      : tls(asio::ssl::context::tlsv13), over(io, prepared(tls, shows)) {
    connect(port);
  }
  static asio::ssl::context& prepared(asio::ssl::context& tls,
                                      const link_settings& shows) {
    tls.use_certificate_chain_file(shows.certificate_file);
    tls.use_private_key_file(shows.key_file, asio::ssl::context::pem);
    return tls;
  }
  void connect(uint16_t port) {
    over.next_layer().connect({asio::ip::address_v4::loopback(), port});
  }
  void shake() { over.handshake(asio::ssl::stream_base::client); }
  void hello(const link_settings& as) {
    peer::Frame x;
    *x.mutable_hello() = hello_of(as, shard_map(1, {"a", "b"}), {});
    asio::write(over, asio::buffer(framed(x)));
  }
  void send(const std::string& bytes) {
    asio::write(over, asio::buffer(bytes));
  }
  /// Until the other side ends the connection.
  void read_to_end() {
    char some[4096];
    boost::system::error_code error;
    while (!error)
      over.read_some(asio::buffer(some), error);
  }

  asio::io_context io;
  asio::ssl::context tls;
  peer_stream over;
};

size_t resident_kib() {
  std::ifstream in("/proc/self/status");
  std::string word;
  while (in >> word)
    if (word == "VmRSS:") {
      size_t out = 0;
      in >> out;
      return out;
    }
  return 0;
}

double cpu_seconds() {
  rusage use{};
  getrusage(RUSAGE_SELF, &use);
  auto of = [](const timeval& x) {
    return double(x.tv_sec) + double(x.tv_usec) / 1e6;
  };
  return of(use.ru_utime) + of(use.ru_stime);
}

} // namespace refusals_detail

using namespace refusals_detail;

TEST_CASE("a certificate that is not of this node and cluster is refused by "
          "both sides") {
  test_ca ours("authority"), others("another authority");
  listening b(ours.issue({"b"}));
  struct attempt {
    const char* what;
    link_settings shows;
    refusal why;
  };
  auto with_our_ca = [&](link_settings x) {
    x.ca_file = ours.ca_file();
    return x;
  };
  // The name in the hello is another one than in the certificate.
  auto impostor = ours.issue({"c"});
  auto expired = ours.issue({"a", "test", true});
  std::vector<attempt> attempts{
      {"another authority", with_our_ca(others.issue({"a"})), refusal::tls},
      {"expired", expired, refusal::tls},
      {"another cluster", ours.issue({"a", "elsewhere"}), refusal::name},
      {"a node that is not listed", impostor, refusal::name},
  };
  for (auto& x : attempts) {
    INFO(std::string(x.what));
    auto before = b.host->refused(x.why);
    dialling a(x.shows, b.host->port());
    auto got = a.first();
    REQUIRE(got);
    CHECK(got->what == link_event::kind::refused);
    CHECK_FALSE(got->why.empty());
    CHECK(in_time([&] { return b.host->refused(x.why) == before + 1; }));
    CHECK(b.events.size() == 0);
  }
  // And the right one is not.
  dialling a(ours.issue({"a"}), b.host->port());
  auto got = a.first();
  REQUIRE(got);
  CHECK(got->what == link_event::kind::up);
  CHECK(b.events.take()->what == link_event::kind::up);
}

TEST_CASE("a node that calls itself by another name than its certificate is "
          "refused") {
  test_ca ours("authority");
  listening b(ours.issue({"b"}));
  auto shows = ours.issue({"c"});
  raw_client client(b.host->port(), shows);
  client.shake();
  client.hello(ours.issue({"a"}));
  client.read_to_end();
  CHECK(b.host->refused(refusal::name) == 1);
  CHECK(b.events.size() == 0);
}

TEST_CASE("the node that is dialled has to be the one that was meant") {
  test_ca ours("authority");
  auto other = ours.issue({"c"});
  auto host = *link_host::make(other, {"a"});
  host->begin({[](const std::string&, const link_event&) {},
               [] {
                 return shard_map(1, {"a", "b"});
               }});
  dialling a(ours.issue({"a"}), host->port());
  auto got = a.first();
  REQUIRE(got);
  CHECK(got->what == link_event::kind::refused);
  CHECK(got->why.find("'b' was dialled") != std::string::npos);
  host->stop();
}

TEST_CASE("who shows no certificate is refused") {
  test_ca ours("authority");
  listening b(ours.issue({"b"}));
  raw_client client(b.host->port());
  boost::system::error_code ignored;
  client.over.handshake(asio::ssl::stream_base::client, ignored);
  client.read_to_end();
  CHECK(in_time([&] { return b.host->refused(refusal::tls) == 1; }));
}

TEST_CASE("nodes with a version in common understand each other, others are "
          "refused with both versions") {
  test_ca ours("authority");
  SUBCASE("the one before") {
    listening b(ours.issue({"b"}), {1, 1});
    dialling a(ours.issue({"a"}), b.host->port(), {1, {"a", "b"}}, {1, 2});
    auto got = a.first();
    REQUIRE(got);
    REQUIRE(got->what == link_event::kind::up);
    CHECK(got->with.version == 1);
  }
  SUBCASE("none") {
    listening b(ours.issue({"b"}), {1, 2});
    dialling a(ours.issue({"a"}), b.host->port(), {1, {"a", "b"}}, {3, 4});
    auto got = a.first();
    REQUIRE(got);
    CHECK(got->what == link_event::kind::refused);
    CHECK(got->why.find("1 to 2") != std::string::npos);
    CHECK(got->why.find("3 to 4") != std::string::npos);
  }
}

TEST_CASE("nodes that disagree about their shards are not connected") {
  test_ca ours("authority");
  listening b(ours.issue({"b"}));
  dialling a(ours.issue({"a"}), b.host->port(), {1, {"b", "a"}});
  auto got = a.first();
  REQUIRE(got);
  CHECK(got->what == link_event::kind::refused);
  CHECK(got->why.find("cluster.peers") != std::string::npos);
  CHECK(in_time([&] { return b.host->refused(refusal::map) == 1; }));
}

TEST_CASE("bytes that are no TLS, and TLS with bytes that are no message, are "
          "refused") {
  test_ca ours("authority");
  listening b(ours.issue({"b"}));
  raw_client plain(b.host->port());
  asio::write(plain.over.next_layer(),
              asio::buffer(std::string("GET / HTTP/1.1\r\n\r\n")));
  CHECK(in_time([&] { return b.host->refused(refusal::tls) == 1; }));

  auto shows = ours.issue({"a"});
  raw_client secured(b.host->port(), shows);
  secured.shake();
  secured.send(std::string("\0\0\0\5hello", 9));
  secured.read_to_end();
  CHECK(b.host->refused(refusal::garbage) == 1);
}

TEST_CASE("a message of 2 GB that is announced costs nothing, before the hello "
          "and after it") {
  test_ca ours("authority");
  listening b(ours.issue({"b"}));
  auto shows = ours.issue({"a"});
  const std::string announced("\x7f\xff\xff\xff", 4);
  auto before = resident_kib();

  raw_client early(b.host->port(), shows);
  early.shake();
  early.send(announced);
  early.read_to_end();
  CHECK(b.host->refused(refusal::garbage) == 1);

  raw_client late(b.host->port(), shows);
  late.shake();
  late.hello(shows);
  auto up = b.events.take();
  REQUIRE(up);
  REQUIRE(up->what == link_event::kind::up);
  late.send(announced);
  late.read_to_end();
  auto down = b.events.take();
  REQUIRE(down);
  CHECK(down->what == link_event::kind::down);
  CHECK(down->why.find("2147483647") != std::string::npos);
  CHECK(resident_kib() < before + (size_t{64} << 10));
}

TEST_CASE("a peer that says nothing more is lost after the time of silence") {
  test_ca ours("authority");
  auto how = ours.issue({"b"});
  how.heartbeat = 20ms;
  how.silence = 200ms;
  listening b(how);
  auto shows = ours.issue({"a"});
  raw_client client(b.host->port(), shows);
  client.shake();
  client.hello(shows);
  REQUIRE(b.events.take()->what == link_event::kind::up);
  auto down = b.events.take();
  REQUIRE(down);
  CHECK(down->what == link_event::kind::down);
  CHECK(down->why.find("silent for 200 ms") != std::string::npos);
}

TEST_CASE("a thousand silent connections keep nobody out and cost next to "
          "nothing") {
  test_ca ours("authority");
  auto how = ours.issue({"b"});
  how.handshakes_max = 32;
  how.handshake_time = 1'500ms;
  listening b(how);
  auto memory = resident_kib();
  asio::io_context io;
  std::vector<asio::ip::tcp::socket> silent;
  for (int i = 0; i < 1'000; ++i) {
    silent.emplace_back(io);
    silent.back().connect({asio::ip::address_v4::loopback(), b.host->port()});
  }
  CHECK(in_time([&] { return b.host->refused(refusal::crowd) >= 968; }));
  CHECK(b.host->shaking() <= 32);

  dialling a(ours.issue({"a"}), b.host->port());
  auto up = a.first();
  REQUIRE(up);
  CHECK(up->what == link_event::kind::up);
  auto cpu = cpu_seconds();
  // The last ones are closed when their time is over.
  CHECK(in_time([&] { return b.host->shaking() == 0; }));
  CHECK(b.host->refused(refusal::time) + b.host->refused(refusal::crowd)
        == 1'000);
  CHECK(cpu_seconds() - cpu < 0.5);
  CHECK(resident_kib() < memory + (size_t{32} << 10));
}

TEST_CASE("a certificate that cannot be this node's is refused at the start") {
  test_ca ours("authority");
  auto how = ours.issue({"b"});
  how.node = "other";
  auto made = link_host::make(how, {"a"});
  REQUIRE_FALSE(made);
  CHECK(made.failure().message.find("cluster.certificate_file")
        != std::string::npos);
  CHECK(made.failure().message.find("DNS:other") != std::string::npos);
  how = ours.issue({"b"});
  how.key_file = ours.issue({"b"}).key_file;
  made = link_host::make(how, {"a"});
  REQUIRE_FALSE(made);
  CHECK(made.failure().message.find("cluster.key_file") != std::string::npos);
  how.ca_file = "/nowhere/ca.pem";
  made = link_host::make(how, {"a"});
  REQUIRE_FALSE(made);
  CHECK(made.failure().message.find("cluster.ca_file") != std::string::npos);
}

} // namespace tutti::test::cluster
