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

void list_running(const shard_context& of, const list_executions& what,
                  list_writer& out) {
  auto from = what.name.empty() ? keys::all_running()
                                : keys::running_named(what.name);
  of.store->scan(
      of.shard, from, keys::after(from),
      [&](std::string_view key, std::string_view value) {
        auto row = keys::read_running(key);
        if (!row)
          return true;
        auto created = number_in(value);
        if (!wanted(what, created, row->version))
          return true;
        storage::catalog_entry entry{row->version};
        if (what.summaries) {
          auto stored = of.store->get(of.shard,
                                      keys::named(row->name, created, row->id));
          if (auto read = storage::read_catalog_entry(stored.value_or(""));
              read)
            entry = *read;
        }
        out.add({std::move(row->name), created, std::move(row->id)}, entry);
        return !out.full();
      });
}

void list_all(const shard_context& of, const list_executions& what,
              list_writer& out) {
  auto prefix = what.name.empty() ? keys::all_named() : keys::named(what.name);
  auto from = prefix, to = keys::after(prefix);
  if (!what.name.empty() && what.created_from > 0)
    from = keys::named(what.name, what.created_from, {});
  if (!what.name.empty() && what.created_to > 0)
    to = keys::named(what.name, what.created_to + 1, {});
  of.store->scan(of.shard, from, to,
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

execution_list list_part(const shard_context& of, const list_executions& what) {
  listing_detail::list_writer out{what};
  if (what.running_only)
    listing_detail::list_running(of, what, out);
  else
    listing_detail::list_all(of, what, out);
  return out.take();
}

} // namespace tutti
