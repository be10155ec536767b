#include "api/rest/server/request_id.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <random>

namespace tutti::rest {

namespace request_id_detail {

constexpr size_t characters_max = 128;

bool is_allowed(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
         || (c >= '0' && c <= '9')
         || std::string_view("._:/+=@-").find(c) != std::string_view::npos;
}

// A string of 15 characters needs no memory of its own: six that tell processes
// apart, nine that count.
constexpr std::string_view digits = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr size_t process_digits = 6, counted_digits = 9;

void append(std::string& out, uint64_t number, size_t count) {
  for (size_t i = count; i-- > 0;)
    out += digits[(number >> (5 * i)) % digits.size()];
}

} // namespace request_id_detail

std::string request_id_of(std::optional<std::string_view> given) {
  using namespace request_id_detail;
  if (given && !given->empty() && given->size() <= characters_max
      && std::ranges::all_of(*given, is_allowed))
    return std::string(*given);
  static const uint64_t process = std::random_device()();
  static std::atomic<uint64_t> next{0};
  std::string out;
  append(out, process, process_digits);
  append(out, next.fetch_add(1, std::memory_order_relaxed), counted_digits);
  return out;
}

} // namespace tutti::rest
