#include "storage/store.hpp"

#include "messages/model/bounds.hpp"

#include <algorithm>

namespace tutti::storage {

namespace store_detail {

/// Most visitors have enough early: pages begin small and grow.
constexpr size_t first_rows = 32, growth = 4;

/// Approximate overhead of an engine per operation.
constexpr size_t operation_overhead = 16;

} // namespace store_detail

size_t size_of(const commit& what) {
  size_t bytes = what.feed.size();
  for (const auto& x : what.operations)
    bytes += x.key.size() + x.value.size() + store_detail::operation_overhead;
  return bytes;
}

std::string why_shard_failed(uint32_t shard, const outcome& how) {
  auto out = "shard " + std::to_string(shard);
  if (how == outcome::fenced)
    return out + " was taken over by another owner";
  auto why = how.why();
  return out + " cannot write" + (why.empty() ? "" : ": " + why);
}

std::optional<failure> store::refusal(const commit& what) const {
  auto bytes = size_of(what);
  if (bytes <= commit_bytes_max())
    return std::nullopt;
  return failure{errc::too_large,
                 sentence_of(bounds::commit, bytes, commit_bytes_max())};
}

result<done> store::visit(uint32_t shard, key_range of, const row& each,
                          page_bounds most) const {
  std::string bound;
  auto now = most;
  now.rows = std::min(most.rows, store_detail::first_rows);
  for (;;) {
    auto found = read(shard, of, now);
    if (!found)
      return std::move(found).failure();
    for (size_t i = 0; i < found->size(); ++i)
      if (auto x = (*found)[i]; !each(x.key, x.value))
        return done{};
    if (!found->next())
      return done{};
    bound = *found->next();
    (of.backwards ? of.to : of.from) = bound;
    now.rows = std::min(most.rows, now.rows * store_detail::growth);
  }
}

result<done> store::scan(uint32_t shard, std::string_view from,
                         std::string_view to, const row& each,
                         page_bounds most) const {
  return visit(shard, {from, to}, each, most);
}

result<done> store::scan_backwards(uint32_t shard, std::string_view from,
                                   std::string_view to, const row& each,
                                   page_bounds most) const {
  return visit(shard, {from, to, true}, each, most);
}

} // namespace tutti::storage
