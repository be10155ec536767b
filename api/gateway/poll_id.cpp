#include "api/gateway/gateway_port.hpp"

#include <atomic>
#include <random>
#include <string_view>

namespace tutti::api {

namespace poll_id_detail {

uint64_t some_number() {
  std::random_device bits;
  return uint64_t(bits()) << 32 | bits();
}

} // namespace poll_id_detail

uint64_t next_poll_id() {
  static std::atomic<uint64_t> last{poll_id_detail::some_number()};
  auto id = ++last;
  return id != 0 ? id : ++last;
}

std::string new_request_id() {
  thread_local std::mt19937_64 random(poll_id_detail::some_number());
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out = "xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx";
  uint64_t bits = 0;
  int left = 0;
  for (auto& c : out) {
    if (c != 'x')
      continue;
    if (left == 0) {
      bits = random();
      left = 16;
    }
    c = digits[bits & 15];
    bits >>= 4;
    --left;
  }
  return out;
}

} // namespace tutti::api
