#include "actors/support/guarded.hpp"

#include "messages/interfaces.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

namespace guarded_tests {

using namespace tutti;

struct asked_for {
  std::optional<result<done>> got;
  drain message() {
    return {reply<done>([this](result<done> x) { got = std::move(x); })};
  }
};

template <class Handler>
void run(Handler handler, drain what) {
  guarded_detail::guard<Handler, decltype(&Handler::operator())>("test",
                                                                 handler)(what);
}

TEST_CASE("what a handler throws fails its request, and nothing else [A11]") {
  asked_for x;
  CHECK_NOTHROW(
      run([](const drain&) { throw std::runtime_error("oops"); }, x.message()));
  REQUIRE(x.got);
  CHECK(x.got->failure().code == errc::internal);
  CHECK(x.got->failure().message == "test failed: oops");
}

TEST_CASE("without memory a request may be repeated [A11]") {
  asked_for x;
  CHECK_NOTHROW(run([](drain&) { throw std::bad_alloc(); }, x.message()));
  REQUIRE(x.got);
  CHECK(x.got->failure().code == errc::unavailable);
}

} // namespace guarded_tests
