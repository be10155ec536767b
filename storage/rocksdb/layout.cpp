#include "storage/rocksdb/layout.hpp"

namespace tutti::storage::layout {

namespace layout_detail {

constexpr std::string_view magic = "TUTTI";
constexpr std::string_view reserved = "\xff\xff";
constexpr char epoch_version = 1;

void put_number(std::string& out, uint64_t x, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
    out += static_cast<char>(x >> shift & 0xff);
}

uint64_t number(std::string_view bytes) {
  uint64_t x = 0;
  for (unsigned char b : bytes)
    x = x << 8 | b;
  return x;
}

} // namespace layout_detail

shard_prefix prefix(uint32_t shard) {
  return {static_cast<char>(shard >> 8 & 0xff),
          static_cast<char>(shard & 0xff)};
}

std::string row_key(uint32_t shard, std::string_view key) {
  auto p = prefix(shard);
  std::string out;
  out.reserve(p.size() + key.size());
  out.append(p.data(), p.size());
  out.append(key);
  return out;
}

std::string row_bound(uint32_t shard, std::string_view to) {
  return to.empty() ? row_key(shard + 1, {}) : row_key(shard, to);
}

std::string format_key() { return std::string{layout_detail::reserved} + 'F'; }

std::string format_record(uint32_t shards) {
  std::string out{layout_detail::magic};
  layout_detail::put_number(out, format_version, 2);
  layout_detail::put_number(out, shards, 2);
  return out;
}

result<uint32_t> shards_of_format(std::string_view record) {
  constexpr auto magic = layout_detail::magic;
  if (record.size() < magic.size() + 2 || !record.starts_with(magic))
    return failure{errc::invalid, "its format record is not one of Tutti's"};
  auto version = layout_detail::number(record.substr(magic.size(), 2));
  if (version > format_version)
    return failure{errc::invalid,
                   "it has format " + std::to_string(version)
                       + " and this version of Tutti reads formats up to "
                       + std::to_string(format_version)};
  auto rest = record.substr(magic.size() + 2);
  if (version == 0 || rest.size() != 2)
    return failure{errc::invalid, "its format record is damaged"};
  return static_cast<uint32_t>(layout_detail::number(rest));
}

std::string epoch_key(uint32_t shard) {
  std::string out{layout_detail::reserved};
  out += 'E';
  layout_detail::put_number(out, shard, 2);
  return out;
}

std::string epoch_record(uint64_t epoch, std::string_view owner) {
  std::string out(1, layout_detail::epoch_version);
  layout_detail::put_number(out, epoch, 8);
  out.append(owner);
  return out;
}

result<uint64_t> epoch_of(std::string_view record) {
  if (record.size() < 9 || record[0] != layout_detail::epoch_version)
    return failure{errc::invalid, "an epoch record is damaged or newer than "
                                  "this version of Tutti"};
  return layout_detail::number(record.substr(1, 8));
}

} // namespace tutti::storage::layout
