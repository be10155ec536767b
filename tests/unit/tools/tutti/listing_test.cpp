#include "tools/tutti/listing.hpp"

#include <doctest/doctest.h>

using namespace tutti::cli;
using nlohmann::json;

namespace listing_test {

json created_at(std::vector<int> times) {
  auto out = json::array();
  for (auto at : times)
    out.push_back({{"createTime", at}});
  return out;
}

} // namespace listing_test
using listing_test::created_at;

TEST_CASE("a page ends between two milliseconds") {
  CHECK(page_end(created_at({9, 8, 7}), 2) == 2);
  CHECK(page_end(created_at({9, 8, 8, 8, 7}), 2) == 4);
  CHECK(page_end(created_at({9, 9}), 1) == 2);
  CHECK(page_end(created_at({9, 8}), 5) == 2);
  CHECK(page_end(created_at({}), 5) == 0);
}
