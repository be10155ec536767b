#include "storage/copy/digest.hpp"

#include "storage/sha256.hpp"

namespace tutti::storage {

namespace digest_detail {

/// Blocks are cut by size alone, so that they do not depend on how rows came.
constexpr size_t block_bytes = 1 << 20;

void append(std::string& to, uint64_t x) {
  for (int shift = 56; shift >= 0; shift -= 8)
    to.push_back(static_cast<char>(x >> shift & 0xff));
}

} // namespace digest_detail

void digest::add(std::string_view key, std::string_view value) {
  ++rows_;
  bytes_ += key.size() + value.size();
  digest_detail::append(block_, key.size());
  block_ += key;
  digest_detail::append(block_, value.size());
  block_ += value;
  if (block_.size() >= digest_detail::block_bytes)
    fold();
}

void digest::fold() {
  auto hash = sha256(block_);
  block_.assign(hash.begin(), hash.end());
}

std::string digest::text() const {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (auto byte : sha256(block_)) {
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

} // namespace tutti::storage
