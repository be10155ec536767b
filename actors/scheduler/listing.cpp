#include "actors/scheduler/listing.hpp"

#include "storage/keys.hpp"
#include "storage/records.hpp"

#include <algorithm>
#include <charconv>
#include <functional>

namespace tutti {

namespace listing_detail {

namespace keys = storage::keys;

/// Rows of one shard that a listing looks at.
constexpr size_t rows_max = 1'000'000;

/// Keeps the newest of what it is given, or the first where nobody asks when
/// they were created; and counts all.
class list_writer {
 public:
  list_writer(const list_executions& what) : what_(what) {}

  void add(execution_summary x) {
    ++out_.total;
    auto& items = out_.items;
    if (items.size() < what_.count_max) {
      items.push_back(std::move(x));
      if (what_.summaries)
        std::ranges::push_heap(items, std::greater{},
                               &execution_summary::created);
    } else if (what_.summaries && !items.empty()
               && x.created > items.front().created) {
      std::ranges::pop_heap(items, std::greater{}, &execution_summary::created);
      items.back() = std::move(x);
      std::ranges::push_heap(items, std::greater{},
                             &execution_summary::created);
    }
  }
  bool looked_enough() { return ++looked_ >= rows_max; }

  execution_list take() { return std::move(out_); }

 private:
  const list_executions& what_;
  execution_list out_;
  size_t looked_ = 0;
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

/// What the key of a running execution does not tell.
result<done> complete(const storage::store& from, uint32_t shard,
                      execution_summary& x) {
  auto stored = from.get(shard, keys::named(x.name, x.created, x.workflow_id));
  if (!stored)
    return std::move(stored).failure();
  // It may have ended between the two reads.
  if (auto read = storage::read_catalog_entry(stored->value_or(""))) {
    x.version = read->version;
    x.status = read->status;
  }
  return done{};
}

result<done> list_running(const storage::store& from, uint32_t shard,
                          const list_executions& what, list_writer& out) {
  auto prefix = what.name.empty() ? keys::all_running()
                                  : keys::running_named(what.name);
  auto visit = [&](std::string_view key, std::string_view value) {
    auto row = keys::read_running(key);
    auto created = number_in(value);
    if (row && wanted(what, created, row->version))
      out.add({std::move(row->id), std::move(row->name), row->version,
               workflow_status::running, created});
    return !out.looked_enough();
  };
  return from.scan(shard, prefix, keys::after(prefix), visit);
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
                        out.add({std::move(row->id), std::move(row->name),
                                 entry->version, entry->status, row->created});
                      return !out.looked_enough();
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
  auto found = out.take();
  for (auto& x : found.items) {
    if (!what.summaries)
      x = {std::move(x.workflow_id), {}};
    else if (what.running_only)
      if (auto known = listing_detail::complete(from, shard, x); !known)
        return std::move(known).failure();
  }
  return found;
}

} // namespace tutti
