#include "storage/rocksdb/families.hpp"
#include "storage/rocksdb/layout.hpp"

#include <doctest/doctest.h>

#include <string>

namespace tutti::storage::test {

namespace layout_cases {

std::string show(std::string_view from, std::string_view to) {
  std::string out;
  for (const auto& x : split(from, to)) {
    out += out.empty() ? "" : " ";
    out += "sqh"[static_cast<int>(x.where)];
    out += "[" + std::string{x.from} + "," + std::string{x.to} + ")";
  }
  return out;
}

} // namespace layout_cases

TEST_CASE("a range is cut where the family changes, and nowhere else") {
  using layout_cases::show;
  CHECK(show("e1", "e9") == "s[e1,e9)");
  CHECK(show("e", "k") == "s[e,f) q[f,g) s[g,k)");
  CHECK(show("g", "k") == "s[g,k)");
  CHECK(show("k", "l") == "s[k,l)");
  CHECK(show("k", "l5") == "s[k,l) h[l,l5)");
  CHECK(show("l5", "n") == "h[l5,m) s[m,n)");
  CHECK(show("o", "q1") == "q[o,p) s[p,q) q[q,q1)");
  CHECK(show("x", "") == "s[x,y) q[y,z) h[z,{) s[{,)");
  CHECK(show("", "e") == "s[,e)");
  CHECK(show("q5", "q1") == "");
  CHECK(show("q", "q") == "");
}

TEST_CASE("an erased range names every family that its rows can be in") {
  auto only = [](family x) {
    return static_cast<family_set>(1 << static_cast<int>(x));
  };
  CHECK(families_of("q1", "q2") == only(family::queue));
  CHECK(families_of("q1", "r") == only(family::queue));
  CHECK(families_of("e", "f") == only(family::state));
  CHECK(families_of("f", "g") == only(family::queue));
  CHECK(families_of("l", "m") == only(family::history));
  CHECK(families_of("", std::string_view{"\0", 1}) == only(family::state));
  CHECK(families_of("p", "q") == only(family::state));
  CHECK(families_of("p", "q1") == (only(family::state) | only(family::queue)));
  CHECK(families_of("", "") == 7);
}

TEST_CASE("shards sort by number in front of any key") {
  CHECK(layout::row_key(1, "q1") == std::string{"\0\1q1", 4});
  CHECK(layout::row_key(0x102, "") == "\1\2");
  CHECK(layout::row_key(255, "\xff\xff") < layout::row_key(256, ""));
  CHECK(layout::row_bound(0xfffe, "") == "\xff\xff");
  CHECK(layout::row_bound(3, "q") == layout::row_key(3, "q"));
}

TEST_CASE("a format record keeps the number of shards") {
  for (uint32_t shards : {1u, 16u, 256u, 65535u}) {
    auto read = layout::shards_of_format(layout::format_record(shards));
    REQUIRE(read);
    CHECK(*read == shards);
  }
}

TEST_CASE("what is not a format record of ours is refused") {
  auto record = layout::format_record(16);
  for (std::string bad :
       {std::string{}, std::string{"TUTTI"}, std::string{"OTHER\0\1\0\20", 9},
        record.substr(0, 8), record + "x", std::string{"TUTTI\0\0\0\20", 9}})
    CHECK_FALSE(layout::shards_of_format(bad));
  record[6] = 2;
  auto newer = layout::shards_of_format(record + "with more to say");
  REQUIRE_FALSE(newer);
  CHECK(newer.failure().message.find("format 2") != std::string::npos);
}

TEST_CASE("an epoch record keeps the epoch and refuses other versions") {
  auto record = layout::epoch_record(0x0102030405060708, "node a");
  auto read = layout::epoch_of(record);
  REQUIRE(read);
  CHECK(*read == 0x0102030405060708);
  CHECK_FALSE(layout::epoch_of(record.substr(0, 8)));
  record[0] = 2;
  CHECK_FALSE(layout::epoch_of(record));
}

} // namespace tutti::storage::test
