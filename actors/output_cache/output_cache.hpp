#pragma once

#include "actors/engine/decider.hpp"
#include "storage/store.hpp"

#include <functional>
#include <map>
#include <set>
#include <shared_mutex>
#include <string>
#include <vector>

namespace tutti {

struct output_settings {
  /// Bounds of the cache; beyond them the outputs that expire first are
  /// dropped.
  size_t entries_max = 100'000;
  size_t bytes_max = 64 << 20;
};

/// Cached outputs (cacheConfig). All are in memory; each is also a row of the
/// shard whose execution wrote it, in the commit of its decision. Every
/// execution of the node may use them. Thread safe.
class output_cache final : public engine::output_cache {
 public:
  /// A row to be erased.
  struct leftover {
    uint32_t shard = 0;
    std::string key;
  };

  explicit output_cache(output_settings x = {}) : settings_(x) {}

  std::optional<payload> find(std::string_view name, std::string_view key,
                              int64_t now) const override;

  /// True: `output_cache_actor` has rows to erase, or an earlier expiry to wait
  /// for.
  bool insert(uint32_t shard, engine::cache_output x);

  /// What the store holds, read once before anybody else comes.
  result<done> load(const storage::store& from, int64_t now);

  /// Removes expired outputs; answers the rows of those and of replaced or
  /// dropped ones.
  std::vector<leftover> take_leftovers(int64_t now);
  /// The earliest expiry, epoch ms; 0: the cache is empty.
  int64_t next_expiry() const;

  size_t size() const;

  /// Keeps a quarter of what it may keep otherwise, while memory is tight.
  void save_memory(bool tight);

 private:
  using name_and_key = std::pair<std::string, std::string>;
  struct entry {
    payload output;
    int64_t expires_at = 0;
    uint32_t shard = 0;
  };
  using entries = std::map<name_and_key, entry, std::less<>>;

  void drop(entries::iterator x);
  void add(name_and_key key, entry x);
  void make_room();
  static size_t bytes_of(const name_and_key& key, const entry& x);

  output_settings settings_;
  mutable std::shared_mutex mutex_;
  entries entries_;
  std::set<std::pair<int64_t, name_and_key>> by_expiry_;
  std::vector<leftover> leftovers_;
  size_t bytes_ = 0;
  bool tight_ = false;
};

} // namespace tutti
