#include "storage/store.hpp"

#include <algorithm>

namespace tutti::storage {

namespace store_detail {

/// Most visitors have enough early: pages begin small and grow.
constexpr size_t first_rows = 32, growth = 4;

} // namespace store_detail

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
