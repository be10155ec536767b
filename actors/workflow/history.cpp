#include "actors/workflow/history.hpp"

#include "actors/support/unknown.hpp"
#include "actors/workflow/history_text.hpp"
#include "messages/model/ids.hpp"
#include "messages/model/payload.hpp"
#include "storage/keys.hpp"
#include "storage/records.hpp"

#include <nlohmann/json.hpp>

namespace tutti {

namespace history_page_detail {

namespace keys = storage::keys;

/// A page ends before the revision with which it would have more.
constexpr size_t events_max = 20'000;
/// A larger snapshot may cost more than it saves.
constexpr size_t snapshot_bytes_max = 1 << 20;

result<int64_t> last_revision(const storage::store& store, uint32_t shard,
                              const std::string& id) {
  auto from = keys::events_of(id), to = keys::after(from);
  auto last = store.read(shard, {from, to, true}, {1});
  if (!last)
    return std::move(last).failure();
  auto found = last->empty() ? std::nullopt : keys::read_event((*last)[0].key);
  return found ? found->revision : 0;
}

/// What is known before the page: from the snapshot, if it lies before it.
/// Answers the revision to go on from.
result<int64_t> begin_from_snapshot(const storage::store& store, uint32_t shard,
                                    const read_history& what,
                                    history_teller& teller) {
  auto row = store.get(shard, keys::snapshot(what.workflow_id));
  if (!row)
    return std::move(row).failure();
  if (!*row)
    return 1;
  if ((*row)->size() > snapshot_bytes_max)
    return 1;
  auto snapshot = storage::read_told(**row);
  if (!snapshot || snapshot->number >= what.from)
    return 1;
  for (auto& e : snapshot->events)
    teller.skip(e);
  return snapshot->number + 1;
}

nlohmann::json tell_revision(const revision& x, history_teller& teller) {
  nlohmann::json out{{"revision", x.number},
                     {"time", x.at},
                     {"cause", tell(x.why)},
                     {"events", nlohmann::json::array()}};
  for (auto& e : x.events)
    out["events"].push_back(teller.tell(e));
  return out;
}

} // namespace history_page_detail

result<document> history_page(const storage::store& store,
                              const read_history& what) {
  using namespace history_page_detail;
  auto& id = what.workflow_id;
  auto shard = shard_of(id, store.shards());
  auto found = last_revision(store, shard, id);
  if (!found)
    return std::move(found).failure();
  auto last = *found;
  if (last == 0)
    return unknown_workflow(id);
  nlohmann::json out{{"workflowId", id},
                     {"from", what.from},
                     {"lastRevision", last},
                     {"firstRevision", 1},
                     {"history", nlohmann::json::array()}};
  auto end = what.from + what.count;
  if (end <= last)
    out["next"] = end;
  history_teller teller;
  size_t events = 0;
  std::optional<failure> broken;
  auto to
      = end <= last ? keys::event(id, end) : keys::after(keys::events_of(id));
  auto tell = [&](std::string_view, std::string_view record) {
    auto x = storage::read_told(record);
    if (!x) {
      broken = x.failure();
      return false;
    }
    if (x->number >= what.from) {
      events += x->events.size();
      if (events > events_max && !out["history"].empty()) {
        out["next"] = x->number;
        return false;
      }
      out["history"].push_back(tell_revision(*x, teller));
    } else {
      for (auto& e : x->events)
        teller.skip(e);
    }
    return true;
  };
  auto first = begin_from_snapshot(store, shard, what, teller);
  if (!first)
    return std::move(first).failure();
  auto told = store.scan(shard, keys::event(id, *first), to, tell);
  if (broken)
    return failure{errc::internal, "execution " + id + ": " + broken->message};
  if (!told)
    return std::move(told).failure();
  return document{to_text(out)};
}

void tell_history(storage::readers& by, const envelope<read_history>& what) {
  auto work = [asked = what.request](const storage::store& from) {
    return history_page(from, asked);
  };
  storage::read<document>(by, std::move(work), what.done);
}

} // namespace tutti
