#include "storage/sha256.hpp"

#include <bit>
#include <string>

namespace tutti::storage {

namespace sha256_detail {

constexpr std::array<uint32_t, 64> round_constants{
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
    0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
    0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
    0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
    0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
    0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
    0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
    0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
    0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

using words = std::array<uint32_t, 8>;

void mix(words& h, const uint8_t* block) {
  std::array<uint32_t, 64> w;
  for (size_t i = 0; i < 16; ++i)
    w[i] = uint32_t{block[4 * i]} << 24 | uint32_t{block[4 * i + 1]} << 16
           | uint32_t{block[4 * i + 2]} << 8 | block[4 * i + 3];
  for (size_t i = 16; i < 64; ++i) {
    auto a = w[i - 15], b = w[i - 2];
    auto s0 = std::rotr(a, 7) ^ std::rotr(a, 18) ^ (a >> 3);
    auto s1 = std::rotr(b, 17) ^ std::rotr(b, 19) ^ (b >> 10);
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
  auto x = h;
  for (size_t i = 0; i < 64; ++i) {
    auto s1 = std::rotr(x[4], 6) ^ std::rotr(x[4], 11) ^ std::rotr(x[4], 25);
    auto choice = (x[4] & x[5]) ^ (~x[4] & x[6]);
    auto t1 = x[7] + s1 + choice + round_constants[i] + w[i];
    auto s0 = std::rotr(x[0], 2) ^ std::rotr(x[0], 13) ^ std::rotr(x[0], 22);
    auto majority = (x[0] & x[1]) ^ (x[0] & x[2]) ^ (x[1] & x[2]);
    auto t2 = s0 + majority;
    x = {t1 + t2, x[0], x[1], x[2], x[3] + t1, x[4], x[5], x[6]};
  }
  for (size_t i = 0; i < 8; ++i)
    h[i] += x[i];
}

} // namespace sha256_detail

std::array<uint8_t, 32> sha256(std::string_view text) {
  using namespace sha256_detail;
  words h{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
          0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  size_t whole = text.size() / 64 * 64;
  for (size_t i = 0; i < whole; i += 64)
    mix(h, bytes + i);
  std::string tail{text.substr(whole)};
  tail += '\x80';
  while (tail.size() % 64 != 56)
    tail += '\0';
  for (int shift = 56; shift >= 0; shift -= 8)
    tail += static_cast<char>(uint64_t{text.size()} * 8 >> shift & 0xff);
  for (size_t i = 0; i < tail.size(); i += 64)
    mix(h, reinterpret_cast<const uint8_t*>(tail.data()) + i);
  std::array<uint8_t, 32> out;
  for (size_t i = 0; i < 32; ++i)
    out[i] = static_cast<uint8_t>(h[i / 4] >> (24 - 8 * (i % 4)));
  return out;
}

} // namespace tutti::storage
