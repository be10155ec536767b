#include "actors/system_tasks/outbound/kafka_security.hpp"

#include <doctest/doctest.h>

#include <librdkafka/rdkafka.h>

using namespace tutti;

namespace kafka_security_tests {

kafka_security settings() {
  kafka_security out;
  out.servers = "a:9092, B.example:9093,[::1]:9094";
  out.protocol = "sasl_ssl";
  out.mechanism = "SCRAM-SHA-512";
  out.username = "tutti";
  out.password_secret = "KAFKA";
  out.ca_file = "/etc/ca.pem";
  out.certificate_file = "/etc/me.pem";
  out.key_file = "/etc/me.key";
  out.key_password_secret = "KEY";
  out.secret = [](std::string_view name) -> std::optional<std::string> {
    if (name == "KAFKA")
      return "swordfish";
    if (name == "KEY")
      return "open";
    return std::nullopt;
  };
  return out;
}

kafka_options options(const kafka_security& how, std::string_view servers) {
  auto out = security_options(how, servers);
  REQUIRE_MESSAGE(out, out.failure().message);
  return *out;
}

TEST_CASE("a secured broker is told who we are, in librdkafka's words") {
  auto all = options(settings(), "a:9092");
  CHECK(all
        == kafka_options{{"security.protocol", "sasl_ssl"},
                         {"sasl.mechanism", "SCRAM-SHA-512"},
                         {"sasl.username", "tutti"},
                         {"sasl.password", "swordfish"},
                         {"ssl.ca.location", "/etc/ca.pem"},
                         {"ssl.certificate.location", "/etc/me.pem"},
                         {"ssl.key.location", "/etc/me.key"},
                         {"ssl.key.password", "open"}});
}

TEST_CASE("every setting is one that librdkafka knows") {
  for (auto* mechanism : {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"})
    for (auto* protocol : {"plaintext", "ssl", "sasl_plaintext", "sasl_ssl"}) {
      auto how = settings();
      how.protocol = protocol;
      how.mechanism = mechanism;
      auto* all = rd_kafka_conf_new();
      for (auto& [name, value] : options(how, "a:9092")) {
        char why[256] = "";
        CHECK_MESSAGE(
            rd_kafka_conf_set(all, name.c_str(), value.c_str(), why, sizeof why)
                == RD_KAFKA_CONF_OK,
            why);
      }
      rd_kafka_conf_destroy(all);
    }
}

TEST_CASE("a protocol is given what it needs and no more") {
  auto names = [](const char* protocol) {
    auto how = settings();
    how.protocol = protocol;
    std::string out;
    for (auto& [name, value] : options(how, "a:9092"))
      out += name + " ";
    return out;
  };
  CHECK(names("plaintext") == "security.protocol ");
  CHECK(names("ssl")
        == "security.protocol ssl.ca.location ssl.certificate.location "
           "ssl.key.location ssl.key.password ");
  CHECK(names("sasl_plaintext")
        == "security.protocol sasl.mechanism sasl.username sasl.password ");
}

TEST_CASE("brokers that are not named get neither password nor certificate") {
  for (auto* servers :
       {"mine:9092", "a:9093", "a.evil:9092", "xa:9092", "b.example:9092", ""})
    CHECK_MESSAGE(options(settings(), servers).empty(), servers);
  auto none = settings();
  none.servers = "";
  CHECK(options(none, "a:9092").empty());
}

TEST_CASE("a broker may be written in several ways") {
  for (auto* servers :
       {"A:9092", " a:9092 ", "a", "SASL_SSL://a:9092", "b.EXAMPLE:9093",
        "[::1]:9094", "a:9092,b.example:9093", ",a:9092,"})
    CHECK_MESSAGE(!options(settings(), servers).empty(), servers);
}

TEST_CASE("secured and other brokers cannot be mixed") {
  auto mixed = security_options(settings(), "a:9092,mine:9092");
  REQUIRE(!mixed);
  CHECK(mixed.failure().message.find("kafka_tasks.security_servers")
        != std::string::npos);
}

TEST_CASE("a secret that is not there is said by name") {
  auto how = settings();
  how.password_secret = "NONE";
  auto missing = security_options(how, "a:9092");
  REQUIRE(!missing);
  CHECK(missing.failure().message
        == "the node has no secret 'NONE' for sasl.password");
  // Not where it is not needed.
  how.protocol = "ssl";
  CHECK(security_options(how, "a:9092"));
  how.secret = nullptr;
  CHECK(!security_options(how, "a:9092"));
}

} // namespace kafka_security_tests
