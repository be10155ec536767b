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

int64_t last_revision(const storage::store& store, uint32_t shard,
                      const std::string& id) {
  int64_t out = 0;
  auto from = keys::events_of(id);
  store.scan_backwards(shard, from, keys::after(from),
                       [&](std::string_view key, std::string_view) {
                         if (auto found = keys::read_event(key))
                           out = found->revision;
                         return false;
                       });
  return out;
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
  auto last = last_revision(store, shard, id);
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
  std::optional<failure> broken;
  auto to
      = end <= last ? keys::event(id, end) : keys::after(keys::events_of(id));
  store.scan(shard, keys::event(id, 1), to,
             [&](std::string_view, std::string_view record) {
               auto x = storage::read_told(record);
               if (!x) {
                 broken = x.failure();
                 return false;
               }
               if (x->number >= what.from)
                 out["history"].push_back(tell_revision(*x, teller));
               else
                 for (auto& e : x->events)
                   teller.skip(e);
               return true;
             });
  if (broken)
    return *broken;
  return document{to_text(out)};
}

} // namespace tutti
