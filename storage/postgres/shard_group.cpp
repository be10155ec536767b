#include "storage/postgres/shard_group.hpp"

#include "storage/feed.hpp"
#include "storage/keys.hpp"

#include <algorithm>

namespace tutti::storage::postgres {

void shard_group::put(std::string key, std::string value, bool erased) {
  auto order = rows.size();
  rows.push_back({std::move(key), std::move(value), erased, order});
}

// What was written before the range is gone; what follows is written after it.
void shard_group::erase_range(std::string from, std::string to) {
  if (!to.empty() && to <= from)
    return;
  std::erase_if(rows, [&](const row& x) {
    return from <= x.key && (to.empty() || x.key < to);
  });
  ranges.push_back({std::move(from), std::move(to)});
}

void shard_group::add(commit what, std::function<void(outcome)> finished,
                      instant since) {
  bytes += weight_of(what);
  ++commits;
  for (auto& x : what.operations)
    switch (x.what) {
      case operation::kind::put:
        put(std::move(x.key), std::move(x.value), false);
        break;
      case operation::kind::erase:
        put(std::move(x.key), {}, true);
        break;
      case operation::kind::erase_range:
        erase_range(std::move(x.key), std::move(x.value));
        break;
    }
  if (!what.feed.empty()) {
    ++feed_entries;
    feed_ += what.feed;
  }
  answers.push_back({std::move(finished), outcome::ok, since});
}

void shard_group::close() {
  if (std::exchange(closed_, true)) {
    // The position may have moved: another owner has written meanwhile.
    if (feed_entries > 0)
      for (auto& x : rows)
        if (x.order == SIZE_MAX)
          x.key = keys::feed(feed_after());
    return;
  }
  for (size_t i = 0; i < rows.size(); ++i)
    rows[i].order = i;
  std::ranges::sort(rows, [](const row& a, const row& b) {
    auto order = a.key.compare(b.key);
    return order != 0 ? order < 0 : a.order < b.order;
  });
  auto last_of_key = [&](size_t i) {
    return i + 1 == rows.size() || rows[i].key != rows[i + 1].key;
  };
  size_t kept = 0;
  for (size_t i = 0; i < rows.size(); ++i)
    if (last_of_key(i)) {
      if (kept != i)
        rows[kept] = std::move(rows[i]);
      ++kept;
    }
  rows.resize(kept);
  if (feed_entries > 0)
    rows.push_back({keys::feed(feed_after()),
                    std::string(feed_row_begin()) + feed_, false, SIZE_MAX});
}

} // namespace tutti::storage::postgres
