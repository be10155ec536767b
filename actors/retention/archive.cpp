#include "actors/retention/archive.hpp"

#include "messages/model/ids.hpp"
#include "messages/model/payload.hpp"
#include "storage/keys.hpp"
#include "storage/records_jobs.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace tutti {

namespace archive_detail {

namespace keys = storage::keys;
using nlohmann::json;
using storage::operation;

/// Of one answer; and rows of a shard that a list looks at.
constexpr int64_t list_max = 1'000;
constexpr size_t looked_max = 100'000;
/// Erased by one commit.
constexpr size_t erased_max = 500;

/// The status alone, as `GET /workflow/{id}/status` tells it.
json status_of(const json& whole, const read_execution& what) {
  json out = json::object();
  auto copy = [&](const char* name) {
    if (auto it = whole.find(name); it != whole.end())
      out[name] = *it;
  };
  for (auto* name : {"workflowId", "correlationId", "status"})
    copy(name);
  if (what.include_output)
    copy("output");
  if (what.include_variables)
    copy("variables");
  return out;
}

json tasks_of(const json& whole, const read_execution& what) {
  json out{{"totalHits", 0}, {"results", json::array()}};
  auto tasks = whole.find("tasks");
  if (tasks == whole.end() || !tasks->is_array())
    return out;
  int64_t seen = 0;
  for (auto& x : *tasks) {
    auto status = from_text<task_status>(x.value("status", ""));
    auto& wanted = what.statuses;
    if (!wanted.empty()
        && (!status || std::ranges::find(wanted, *status) == wanted.end()))
      continue;
    auto& page = out["results"];
    if (seen++ >= what.start && int64_t(page.size()) < what.count)
      page.push_back(x);
  }
  out["totalHits"] = seen;
  return out;
}

struct entry {
  int64_t ended = 0;
  std::string id;
  storage::archived_execution what;
};

result<std::vector<entry>> entries_of(const storage::store& from,
                                      uint32_t shard, const list_archived& what,
                                      size_t most) {
  std::vector<entry> out;
  std::optional<failure> broken;
  size_t looked = 0;
  auto visit = [&](std::string_view key, std::string_view record) {
    auto at = keys::read_archived_at(key);
    auto x = storage::read_archived(record);
    if (!at || !x) {
      broken = failure{errc::internal, "an entry of the archive is damaged"};
      return false;
    }
    if (what.name.empty() || x->name == what.name)
      out.push_back({at->ended, std::move(at->id), *std::move(x)});
    return out.size() < most && ++looked < looked_max;
  };
  auto first = keys::all_archived();
  auto end = what.end_to > 0 ? keys::archived_at(what.end_to, {})
                             : keys::after(first);
  auto read = from.scan_backwards(shard, first, end, visit);
  if (broken)
    return *broken;
  if (!read)
    return std::move(read).failure();
  return out;
}

} // namespace archive_detail

using namespace archive_detail;

result<document> read_archived(const storage::store& from,
                               const read_execution& what, failure unknown) {
  using part = read_execution::part;
  auto& id = what.workflow_id;
  if (what.what == part::task || !is_plausible_id(id))
    return unknown;
  auto row = from.get(shard_of(id, from.shards()), keys::archived(id));
  if (!row)
    return std::move(row).failure();
  if (!*row)
    return unknown;
  auto x = storage::read_archived(**row);
  if (!x)
    return std::move(x).failure();
  if (what.what == part::workflow && what.include_tasks)
    return document{std::move(x->execution)};
  auto whole = parse_json(x->execution);
  if (!whole)
    return std::move(whole).failure();
  if (what.what == part::status)
    return document{to_text(status_of(*whole, what))};
  if (what.what == part::tasks)
    return document{to_text(tasks_of(*whole, what))};
  (*whole)["tasks"] = json::array();
  return document{to_text(*whole)};
}

result<document> list_archive(const storage::store& from,
                              const list_archived& what) {
  auto most = size_t(std::clamp<int64_t>(what.count, 1, list_max));
  std::vector<entry> all;
  for (uint32_t shard = 0; shard < from.shards(); ++shard) {
    // One more, to know whether there is a next page.
    auto part = entries_of(from, shard, what, most + 1);
    if (!part)
      return std::move(part).failure();
    std::ranges::move(*part, std::back_inserter(all));
  }
  std::ranges::stable_sort(all, std::greater{}, &entry::ended);
  document out;
  if (all.size() > most) {
    // The next page begins before an end that this one has completely.
    auto cut = all[most].ended;
    all.resize(most);
    while (all.size() > 1 && all.back().ended == cut
           && all.front().ended != cut)
      all.pop_back();
    out.next = all.back().ended;
  }
  auto list = json::array();
  for (auto& x : all)
    list.push_back({{"workflowId", x.id},
                    {"workflowType", x.what.name},
                    {"version", x.what.version},
                    {"status", to_text(x.what.status)},
                    {"correlationId", x.what.correlation_id},
                    {"createTime", x.what.created_at},
                    {"endTime", x.ended},
                    {"archiveTime", x.what.archived_at}});
  out.text = to_text(list);
  return out;
}

result<old_archive> archived_before(const storage::store& from, uint32_t shard,
                                    int64_t ended) {
  old_archive out;
  auto visit = [&](std::string_view key, std::string_view) {
    auto at = keys::read_archived_at(key);
    if (out.executions == erased_max) {
      out.more = true;
      return false;
    }
    ++out.executions;
    if (at)
      out.rows.push_back({operation::kind::erase, keys::archived(at->id), {}});
    out.rows.push_back({operation::kind::erase, std::string(key), {}});
    return true;
  };
  auto read
      = from.scan(shard, keys::all_archived(),
                  keys::archived_at(std::max<int64_t>(ended, 0), {}), visit);
  if (!read)
    return std::move(read).failure();
  return out;
}

} // namespace tutti
