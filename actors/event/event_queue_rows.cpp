#include "actors/event/event_queue_rows.hpp"

#include "messages/model/ids.hpp"
#include "storage/keys.hpp"
#include "storage/records.hpp"

#include <algorithm>
#include <set>

namespace tutti {

namespace keys = storage::keys;

result<std::vector<std::string>> event_queue_rows::names() const {
  std::set<std::string> out;
  auto end = keys::after(keys::all_messages());
  for (uint32_t shard = 0; shard < store_.shards(); ++shard) {
    auto at = keys::all_messages();
    while (!at.empty()) {
      auto first = store_.read(shard, {at, end}, {1});
      if (!first)
        return std::move(first).failure();
      at.clear();
      if (first->empty())
        break;
      if (auto k = keys::read_message((*first)[0].key)) {
        at = keys::after(keys::messages_of_queue(k->queue));
        out.insert(std::move(k->queue));
      }
    }
  }
  return std::vector<std::string>(out.begin(), out.end());
}

result<size_t> event_queue_rows::count(const std::string& queue,
                                       size_t most) const {
  auto prefix = keys::messages_of_queue(queue);
  auto end = keys::after(prefix);
  size_t out = 0;
  auto visit = [&](auto, auto) { return ++out < most; };
  for (uint32_t shard = 0; shard < store_.shards() && out < most; ++shard)
    if (auto all = store_.scan(shard, prefix, end, visit); !all)
      return std::move(all).failure();
  return out;
}

result<std::vector<event_message>>
event_queue_rows::oldest(const std::string& queue, size_t count) const {
  auto prefix = keys::messages_of_queue(queue);
  auto end = keys::after(prefix);
  std::vector<event_message> out;
  for (uint32_t shard = 0; shard < store_.shards() && count > 0; ++shard) {
    size_t left = count;
    auto visit = [&](auto key, auto value) {
      auto k = keys::read_message(key);
      auto content = storage::read_message(value);
      if (k && content)
        out.push_back({std::move(k->queue), std::move(k->id), k->at,
                       std::move(*content)});
      return --left > 0;
    };
    if (auto all = store_.scan(shard, prefix, end, visit, {count}); !all)
      return std::move(all).failure();
  }
  std::ranges::sort(out, [](auto& a, auto& b) {
    return std::tie(a.at, a.id) < std::tie(b.at, b.id);
  });
  if (out.size() > count)
    out.resize(count);
  return out;
}

result<event_queue_rows::aged> event_queue_rows::older_than(uint32_t shard,
                                                            int64_t before,
                                                            size_t most) const {
  aged out;
  auto end = keys::after(keys::all_messages());
  auto at = keys::all_messages();
  while (!at.empty()) {
    std::string next;
    auto visit = [&](std::string_view key, auto) {
      auto k = keys::read_message(key);
      if (!k)
        return true;
      if (k->at < before && out.found.size() < most) {
        out.found.emplace_back(std::move(k->queue), key);
        return true;
      }
      if (out.oldest_left == 0 || k->at < out.oldest_left)
        out.oldest_left = k->at;
      next = keys::after(keys::messages_of_queue(k->queue));
      return false;
    };
    if (auto all = store_.scan(shard, at, end, visit); !all)
      return std::move(all).failure();
    at = std::move(next);
  }
  return out;
}

result<std::string> event_queue_rows::find(const std::string& queue,
                                           const std::string& id) const {
  auto prefix = keys::messages_of_queue(queue);
  std::string out;
  auto visit = [&](auto key, auto) {
    if (auto k = keys::read_message(key); k && k->id == id)
      out = key;
    return out.empty();
  };
  auto all = store_.scan(shard_of(id, store_.shards()), prefix,
                         keys::after(prefix), visit);
  if (!all)
    return std::move(all).failure();
  return out;
}

} // namespace tutti
