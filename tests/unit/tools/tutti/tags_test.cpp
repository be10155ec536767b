#include "tools/tutti/nouns/tags.hpp"

#include <doctest/doctest.h>

using namespace tutti;
using namespace tutti::cli;

namespace tags_test {

TEST_CASE("KEY=VALUE adds a tag, KEY- removes one, anything else is refused") {
  auto read
      = read_tag_changes({"team=a", "note=x=y", "empty=", "env-", "a-b-"});
  REQUIRE(read);
  REQUIRE(read->added.size() == 3);
  CHECK(read->added[0]["key"] == "team");
  CHECK(read->added[0]["value"] == "a");
  CHECK(read->added[1]["value"] == "x=y");
  CHECK(read->added[2]["value"] == "");
  CHECK(read->removed == std::vector<std::string>{"env", "a-b"});
  for (const char* wrong : {"team", "=a", "-", ""}) {
    CAPTURE(wrong);
    CHECK(!read_tag_changes({wrong}));
  }
}

} // namespace tags_test
