#include "actors/system_tasks/outbound/network_policy.hpp"

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

using namespace tutti;

namespace network_policy_tests {

bool refused(const network_policy& policy, const char* text) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
    return policy.refusal(reinterpret_cast<sockaddr*>(&v4)).has_value();
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  REQUIRE(inet_pton(AF_INET6, text, &v6.sin6_addr) == 1);
  return policy.refusal(reinterpret_cast<sockaddr*>(&v6)).has_value();
}

TEST_CASE("addresses that are not meant for everybody are refused") {
  network_policy policy;
  for (auto* text : {"0.0.0.0",
                     "0.1.2.3",
                     "10.0.0.1",
                     "10.255.255.255",
                     "100.64.0.1",
                     "100.127.255.255",
                     "127.0.0.1",
                     "127.255.255.254",
                     "169.254.169.254",
                     "169.254.0.1",
                     "172.16.0.1",
                     "172.31.255.255",
                     "192.0.0.1",
                     "192.0.2.1",
                     "192.88.99.1",
                     "192.168.0.1",
                     "192.168.255.255",
                     "198.18.0.1",
                     "198.19.255.255",
                     "198.51.100.1",
                     "203.0.113.1",
                     "224.0.0.1",
                     "239.255.255.255",
                     "240.0.0.1",
                     "255.255.255.255",
                     "::",
                     "::1",
                     "::ffff:127.0.0.1",
                     "::ffff:10.0.0.1",
                     "::ffff:169.254.169.254",
                     "::127.0.0.1",
                     "::10.1.2.3",
                     "64:ff9b::7f00:1",
                     "64:ff9b::a9fe:a9fe",
                     "64:ff9b:1::1",
                     "2002:7f00:1::",
                     "2002:c0a8:101::1",
                     "2001::1",
                     "2001:db8::1",
                     "100::1",
                     "3fff::1",
                     "5f00::1",
                     "fc00::1",
                     "fd12::1",
                     "fe80::1",
                     "febf::1",
                     "fec0::1",
                     "ff02::1",
                     "fd00:ec2::254"}) {
    CAPTURE(text);
    CHECK(refused(policy, text));
  }
}

TEST_CASE("public addresses are not refused") {
  network_policy policy;
  for (auto* text : {"1.1.1.1",          "8.8.8.8",         "9.255.255.255",
                     "11.0.0.1",         "100.63.255.255",  "100.128.0.1",
                     "126.255.255.255",  "128.0.0.1",       "169.253.255.255",
                     "169.255.0.1",      "172.15.255.255",  "172.32.0.1",
                     "192.167.255.255",  "192.169.0.1",     "198.17.255.255",
                     "198.20.0.1",       "223.255.255.255", "::ffff:8.8.8.8",
                     "64:ff9b::808:808", "2002:808:808::1", "2606:4700::1111",
                     "2a00:1450::1"}) {
    CAPTURE(text);
    CHECK_FALSE(refused(policy, text));
  }
}

TEST_CASE("what the operator names is allowed, and nothing beside it") {
  auto policy
      = network_policy::parse(" 127.0.0.0/8, 10.2.0.0/15 ,::1,fd00::/8,");
  REQUIRE(policy);
  for (auto* text : {"127.0.0.1", "127.9.9.9", "10.2.0.0", "10.3.255.255",
                     "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "fd99::1"}) {
    CAPTURE(text);
    CHECK_FALSE(refused(*policy, text));
  }
  CHECK(refused(*policy, "10.1.255.255"));
  CHECK(refused(*policy, "10.4.0.0"));
  CHECK(refused(*policy, "192.168.0.1"));
  CHECK(refused(*policy, "fc00::1"));
  CHECK(refused(*policy, "169.254.169.254"));
}

TEST_CASE("a list of networks that cannot be read is said to be none") {
  for (auto* text : {"x", "10.0.0.0/33", "10.0.0/8", "::1/129", "10.0.0.0/",
                     "10.0.0.0/8x", "localhost", "10.0.0.0/-1"}) {
    CAPTURE(text);
    auto policy = network_policy::parse(text);
    REQUIRE_FALSE(policy);
    CHECK(policy.failure().message.find(text) != std::string::npos);
  }
  CHECK(network_policy::parse(""));
}

TEST_CASE("an address that is not of the internet is refused") {
  sockaddr local{};
  local.sa_family = AF_UNIX;
  CHECK(network_policy().refusal(&local));
}

} // namespace network_policy_tests
