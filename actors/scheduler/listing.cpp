#include "actors/scheduler/listing.hpp"

#include "storage/keys.hpp"
#include "storage/records.hpp"

#include <charconv>

namespace tutti {

namespace listing_detail {

namespace keys = storage::keys;

class list_writer {
 public:
  list_writer(const list_executions& what) : what_(what) {}

  bool full() const { return count_ >= what_.count_max; }

  void add(keys::named_key key, const storage::catalog_entry& entry) {
    ++count_;
    if (what_.summaries)
      out_.items.push_back({std::move(key.id), std::move(key.name),
                            entry.version, entry.status, key.created});
    else
      out_.items.push_back({std::move(key.id), {}});
  }

  execution_list take() { return std::move(out_); }

 private:
  const list_executions& what_;
  execution_list out_;
  size_t count_ = 0;
};

bool wanted(const list_executions& what, int64_t created, int32_t version) {
  return (!what.version || *what.version == version)
         && (what.created_from == 0 || created >= what.created_from)
         && (what.created_to == 0 || created <= what.created_to);
}

int64_t number_in(std::string_view text) {
  int64_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

result<storage::catalog_entry> entry_of(const storage::store& from,
                                        uint32_t shard,
                                        const keys::running_key& row,
                                        int64_t created) {
  auto stored = from.get(shard, keys::named(row.name, created, row.id));
  if (!stored)
    return std::move(stored).failure();
  // It may have ended between the two reads.
  auto read = storage::read_catalog_entry(stored->value_or(""));
  return read ? *read : storage::catalog_entry{row.version};
}

result<done> list_running(const storage::store& from, uint32_t shard,
                          const list_executions& what, list_writer& out) {
  auto prefix = what.name.empty() ? keys::all_running()
                                  : keys::running_named(what.name);
  std::optional<failure> broken;
  auto visit = [&](std::string_view key, std::string_view value) {
    auto row = keys::read_running(key);
    if (!row)
      return true;
    auto created = number_in(value);
    if (!wanted(what, created, row->version))
      return true;
    storage::catalog_entry entry{row->version};
    if (what.summaries) {
      auto found = entry_of(from, shard, *row, created);
      if (found)
        entry = *found;
      else
        broken = found.failure();
    }
    out.add({std::move(row->name), created, std::move(row->id)}, entry);
    return !out.full() && !broken;
  };
  auto all = from.scan(shard, prefix, keys::after(prefix), visit);
  if (broken)
    return *broken;
  return all;
}

result<done> list_all(const storage::store& store, uint32_t shard,
                      const list_executions& what, list_writer& out) {
  auto prefix = what.name.empty() ? keys::all_named() : keys::named(what.name);
  auto from = prefix, to = keys::after(prefix);
  if (!what.name.empty() && what.created_from > 0)
    from = keys::named(what.name, what.created_from, {});
  if (!what.name.empty() && what.created_to > 0)
    to = keys::named(what.name, what.created_to + 1, {});
  return store.scan(shard, from, to,
                    [&](std::string_view key, std::string_view value) {
                      auto row = keys::read_named(key);
                      auto entry = storage::read_catalog_entry(value);
                      if (row && entry && !entry->archived
                          && wanted(what, row->created, entry->version))
                        out.add(std::move(*row), *entry);
                      return !out.full();
                    });
}

} // namespace listing_detail

result<execution_list> list_part(const storage::store& from, uint32_t shard,
                                 const list_executions& what) {
  listing_detail::list_writer out{what};
  auto listed = what.running_only
                    ? listing_detail::list_running(from, shard, what, out)
                    : listing_detail::list_all(from, shard, what, out);
  if (!listed)
    return std::move(listed).failure();
  return out.take();
}

} // namespace tutti
