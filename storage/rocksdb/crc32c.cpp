#include "storage/rocksdb/crc32c.hpp"

#include <array>
#include <cstddef>

namespace tutti::storage {

namespace crc32c_detail {

constexpr uint32_t polynomial = 0x82f63b78; // reflected

/// tables[k][b]: byte b followed by k zero bytes.
constexpr auto tables = [] {
  std::array<std::array<uint32_t, 256>, 8> out{};
  for (uint32_t b = 0; b < 256; ++b) {
    auto x = b;
    for (int i = 0; i < 8; ++i)
      x = (x >> 1) ^ ((x & 1) != 0 ? polynomial : 0);
    out[0][b] = x;
  }
  for (size_t k = 1; k < out.size(); ++k)
    for (size_t b = 0; b < 256; ++b)
      out[k][b] = (out[k - 1][b] >> 8) ^ out[0][out[k - 1][b] & 0xff];
  return out;
}();

} // namespace crc32c_detail

// Eight bytes at a time: a log of 256 MB is checked at every start.
uint32_t crc32c(std::string_view bytes) {
  using crc32c_detail::tables;
  auto at = [&](size_t i) { return uint32_t(uint8_t(bytes[i])); };
  uint32_t x = 0xffffffff;
  size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    x ^= at(i) | at(i + 1) << 8 | at(i + 2) << 16 | at(i + 3) << 24;
    x = tables[7][x & 0xff] ^ tables[6][(x >> 8) & 0xff]
        ^ tables[5][(x >> 16) & 0xff] ^ tables[4][x >> 24]
        ^ tables[3][at(i + 4)] ^ tables[2][at(i + 5)] ^ tables[1][at(i + 6)]
        ^ tables[0][at(i + 7)];
  }
  for (; i < bytes.size(); ++i)
    x = (x >> 8) ^ tables[0][(x ^ at(i)) & 0xff];
  return ~x;
}

} // namespace tutti::storage
