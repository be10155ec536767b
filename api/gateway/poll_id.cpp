#include "api/gateway/gateway_port.hpp"

#include <atomic>
#include <random>

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

} // namespace tutti::api
