#include "actors/output_cache/output_cache.hpp"

#include "storage/keys.hpp"
#include "storage/records.hpp"

#include <mutex>

namespace tutti {

namespace keys = storage::keys;

size_t output_cache::bytes_of(const name_and_key& key, const entry& x) {
  constexpr size_t upkeep = 200;
  return upkeep + 2 * (key.first.size() + key.second.size())
         + x.output.text().size();
}

std::optional<payload> output_cache::find(std::string_view name,
                                          std::string_view key,
                                          int64_t now) const {
  name_and_key wanted(name, key);
  std::shared_lock guard{mutex_};
  auto it = entries_.find(wanted);
  if (it == entries_.end() || it->second.expires_at <= now)
    return std::nullopt;
  return it->second.output;
}

bool output_cache::insert(uint32_t shard, engine::cache_output x) {
  name_and_key key(std::move(x.name), std::move(x.key));
  entry next{std::move(x.output), x.expires_at, shard};
  std::lock_guard guard{mutex_};
  auto before = by_expiry_.empty() ? 0 : by_expiry_.begin()->first;
  if (auto it = entries_.find(key); it != entries_.end()) {
    // A late call: the present output is newer.
    if (it->second.expires_at > next.expires_at)
      return false;
    if (it->second.shard != shard)
      leftovers_.push_back(
          {it->second.shard, keys::cached_output(key.first, key.second)});
    drop(it);
  }
  add(std::move(key), std::move(next));
  make_room();
  auto now = by_expiry_.empty() ? 0 : by_expiry_.begin()->first;
  return !leftovers_.empty() || (now != 0 && (before == 0 || now < before));
}

result<done> output_cache::load(const storage::store& from, int64_t now) {
  std::lock_guard guard{mutex_};
  auto first = keys::all_cached_outputs();
  for (uint32_t shard = 0; shard < from.shards(); ++shard) {
    auto visit = [&](std::string_view key, std::string_view record) {
      auto name = keys::read_cached_output(key);
      auto kept = storage::read_cached_output(record);
      name_and_key id;
      if (name)
        id = {std::move(name->name), std::move(name->key)};
      auto known = entries_.find(id);
      bool older = known != entries_.end() && kept
                   && known->second.expires_at >= kept->expires_at;
      if (!name || !kept || kept->expires_at <= now || older) {
        leftovers_.push_back({shard, std::string(key)});
        return true;
      }
      if (known != entries_.end()) {
        leftovers_.push_back({known->second.shard, std::string(key)});
        drop(known);
      }
      add(std::move(id), {std::move(kept->output), kept->expires_at, shard});
      make_room();
      return true;
    };
    if (auto all = from.scan(shard, first, keys::after(first), visit); !all)
      return all;
  }
  return done{};
}

std::vector<output_cache::leftover> output_cache::take_leftovers(int64_t now) {
  std::lock_guard guard{mutex_};
  while (!by_expiry_.empty() && by_expiry_.begin()->first <= now) {
    auto it = entries_.find(by_expiry_.begin()->second);
    leftovers_.push_back(
        {it->second.shard,
         keys::cached_output(it->first.first, it->first.second)});
    drop(it);
  }
  return std::exchange(leftovers_, {});
}

int64_t output_cache::next_expiry() const {
  std::shared_lock guard{mutex_};
  return by_expiry_.empty() ? 0 : by_expiry_.begin()->first;
}

size_t output_cache::size() const {
  std::shared_lock guard{mutex_};
  return entries_.size();
}

void output_cache::save_memory(bool tight) {
  std::lock_guard guard{mutex_};
  tight_ = tight;
  make_room();
}

void output_cache::drop(entries::iterator it) {
  bytes_ -= bytes_of(it->first, it->second);
  by_expiry_.erase({it->second.expires_at, it->first});
  entries_.erase(it);
}

void output_cache::add(name_and_key key, entry x) {
  bytes_ += bytes_of(key, x);
  by_expiry_.insert({x.expires_at, key});
  entries_.emplace(std::move(key), std::move(x));
}

void output_cache::make_room() {
  auto bytes_max = tight_ ? settings_.bytes_max / 4 : settings_.bytes_max;
  while (!by_expiry_.empty()
         && (entries_.size() > settings_.entries_max || bytes_ > bytes_max)) {
    auto it = entries_.find(by_expiry_.begin()->second);
    leftovers_.push_back(
        {it->second.shard,
         keys::cached_output(it->first.first, it->first.second)});
    drop(it);
  }
}

} // namespace tutti
