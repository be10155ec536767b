#include "messages/model/ids.hpp"

#include <array>

namespace tutti {

namespace ids_detail {

void put_hex(std::string& out, uint64_t bits, int digits) {
  for (int i = digits - 1; i >= 0; --i)
    out += "0123456789abcdef"[(bits >> (4 * i)) & 15];
}

} // namespace ids_detail

std::string make_workflow_id(uint64_t high, uint64_t low) {
  using ids_detail::put_hex;
  std::string out;
  out.reserve(36);
  put_hex(out, high >> 32, 8);
  out += '-';
  put_hex(out, high >> 16, 4);
  out += "-4";
  put_hex(out, high, 3);
  out += '-';
  put_hex(out, 8 | ((low >> 60) & 3), 1);
  put_hex(out, low >> 48, 3);
  out += '-';
  put_hex(out, low, 12);
  return out;
}

std::string make_task_id(std::string_view workflow_id, uint64_t random48) {
  std::string out(workflow_id.substr(0, id_prefix_length));
  out += '-';
  ids_detail::put_hex(out, random48, 12);
  return out;
}

uint32_t shard_of(std::string_view id, uint32_t shards) {
  uint64_t hash = 14695981039346656037ull;
  for (unsigned char c : id.substr(0, id_prefix_length))
    hash = (hash ^ c) * 1099511628211ull;
  return uint32_t((hash ^ (hash >> 32)) % shards);
}

bool is_plausible_id(std::string_view id) {
  if (id.empty() || id.size() > 64)
    return false;
  for (unsigned char c : id)
    if (c <= 0x20 || c == 0x7f)
      return false;
  return true;
}

} // namespace tutti
