#include "actors/cluster/shard_map.hpp"

#include <doctest/doctest.h>

namespace tutti::test::shard_map_test {

TEST_CASE("a list of nodes names each with its address and shards") {
  auto nodes
      = read_nodes("a=10.0.0.1:7400/0-1+3, b=[::1]:7401/2 , c=host:7402/", 4);
  REQUIRE_MESSAGE(nodes, (nodes ? "" : nodes.failure().message));
  REQUIRE(nodes->size() == 3);
  CHECK((*nodes)[0].host == "10.0.0.1");
  CHECK((*nodes)[0].shards == std::vector<uint32_t>{0, 1, 3});
  CHECK((*nodes)[1].host == "::1");
  CHECK((*nodes)[1].port == 7401);
  CHECK((*nodes)[2].shards.empty());
  auto map = pinned_map(*nodes, 4);
  CHECK(map.owner(3) == "a");
  CHECK(map.owner(2) == "b");
  CHECK(ranges_text(map.shards_of("a")) == "0-1,3");
}

TEST_CASE("a wrong list of nodes is refused with the part and the rule") {
  struct wrong {
    const char* text;
    const char* says;
  };
  for (auto& x : {wrong{"a", "name=host:port/shards"},
                  wrong{"a=host/0-3", "name=host:port/shards"},
                  wrong{"a=:1/0-3", "name=host:port/shards"},
                  wrong{"a=host:0/0-3", "name=host:port/shards"},
                  wrong{"a=host:99999/0-3", "name=host:port/shards"},
                  wrong{"-a=host:1/0-3", "a node's name"},
                  wrong{"a b=host:1/0-3", "a node's name"},
                  wrong{"a=host:1/0-x", "numbers and ranges"},
                  wrong{"a=host:1/3-0", "numbers and ranges"},
                  wrong{"a=host:1/0-4", "0 to 3"},
                  wrong{"a=host:1/0-3, a=host:2/", "listed twice"},
                  wrong{"a=host:1/0-3, b=host:2/3", "shard 3 is pinned to 'a' "
                                                    "and to 'b'"},
                  wrong{"a=host:1/0-2", "shard 3 is pinned to no node"}}) {
    CAPTURE(x.text);
    auto nodes = read_nodes(x.text, 4);
    REQUIRE_FALSE(nodes);
    CHECK(nodes.failure().code == errc::invalid);
    CAPTURE(nodes.failure().message);
    CHECK(nodes.failure().message.find(x.says) != std::string::npos);
  }
}

TEST_CASE("maps have one fingerprint if they agree about every shard") {
  shard_map a(1, {"a", "b", "a"}), same(7, {"a", "b", "a"}),
      other(1, {"a", "b", "b"}), fewer(1, {"a", "b"});
  CHECK(a.fingerprint() == same.fingerprint());
  CHECK(a.fingerprint() != other.fingerprint());
  CHECK(a.fingerprint() != fewer.fingerprint());
}

} // namespace tutti::test::shard_map_test
