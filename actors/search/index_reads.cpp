#include "actors/search/index_reads.hpp"

#include "actors/search/change_builder.hpp"
#include "storage/keys.hpp"
#include "storage/records.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <unordered_map>

namespace tutti {

namespace index_reads_detail {

namespace keys = storage::keys;

constexpr size_t page_bytes_max = size_t(4) << 20;
constexpr int64_t few_revisions = 6;

/// Folds the revisions of one execution as they are read.
class revision_fold {
 public:
  revision_fold(const storage::store& from, uint32_t shard, std::string id,
                search_definitions& definitions)
      : from_(from), shard_(shard), id_(id), definitions_(definitions),
        builder_(std::move(id)) {}

  /// False: it cannot be read; see `failed`.
  bool add(std::string_view record) {
    named_.clear();
    auto revision = storage::read_told(record, named_);
    if (!revision)
      return stop({errc::internal,
                   "execution " + id_ + ": " + revision.failure().message});
    size_t next = 0;
    for (size_t i = 0; i < revision->events.size(); ++i) {
      search_definitions::pointer definition;
      if (next < named_.size() && named_[next].event == i) {
        auto& name = named_[next++];
        auto found = definitions_.find(from_, shard_, name.hash,
                                       name.own ? id_ : std::string_view());
        if (!found)
          return stop(std::move(found).failure());
        definition = std::move(*found);
      }
      builder_.add(revision->events[i], definition);
    }
    last_ = revision->number;
    return true;
  }

  const std::optional<failure>& failed() const { return failed_; }
  bool empty() const { return last_ == 0; }
  int64_t last() const { return last_; }

  /// nullopt: the execution must be read from its beginning.
  std::optional<index::execution_change> finish() {
    builder_.set_revision(last_);
    auto known = builder_.definition() ? builder_.definition()
                                       : definitions_.recall(id_);
    bool ended = builder_.ended();
    auto out = std::move(builder_).finish(known);
    if (ended)
      definitions_.forget(id_);
    else if (out && out->complete && known)
      definitions_.remember(id_, known);
    return out;
  }

 private:
  bool stop(failure why) {
    failed_ = std::move(why);
    return false;
  }

  const storage::store& from_;
  const uint32_t shard_;
  const std::string id_;
  search_definitions& definitions_;
  change_builder builder_;
  std::vector<storage::named_definition> named_;
  int64_t last_ = 0;
  std::optional<failure> failed_;
};

index::execution_change removal_of(const std::string& id) {
  index::execution_change out;
  out.id = id;
  out.removed = true;
  return out;
}

result<bool> is_archived(const storage::store& from, uint32_t shard,
                         std::string_view id) {
  auto row = from.get(shard, keys::control(id));
  if (!row)
    return std::move(row).failure();
  if (!*row)
    return false;
  auto control = storage::read_control(**row);
  if (!control)
    return failure{errc::internal, "execution " + std::string(id) + ": "
                                       + control.failure().message};
  return control->archived;
}

/// The revisions first..last; nullopt: they are not enough, or are gone.
result<std::optional<index::execution_change>>
read_range(const storage::store& from, uint32_t shard, const std::string& id,
           int64_t first, int64_t last, search_definitions& definitions) {
  using answer = std::optional<index::execution_change>;
  revision_fold fold(from, shard, id, definitions);
  // Most executions of a page have a few new revisions, and reading a row by
  // its key is cheaper than beginning a scan.
  if (last >= first && last - first < few_revisions) {
    for (auto number = first; number <= last; ++number) {
      auto row = from.get(shard, keys::event(id, number));
      if (!row)
        return std::move(row).failure();
      if (!*row)
        return answer();
      if (!fold.add(**row))
        return *fold.failed();
    }
    return fold.finish();
  }
  auto begin = keys::event(id, first);
  auto end
      = last > 0 ? keys::event(id, last + 1) : keys::after(keys::events_of(id));
  auto visited = from.scan(shard, begin, end,
                           [&](std::string_view, std::string_view record) {
                             return fold.add(record);
                           });
  if (fold.failed())
    return *fold.failed();
  if (!visited)
    return std::move(visited).failure();
  if (fold.empty())
    return answer();
  return fold.finish();
}

/// What a page tells of one execution.
struct told {
  int64_t first = 0, last = 0;
  bool gone = false;
};

using told_by_id = std::unordered_map<std::string, told>;
using changes_by_id = std::unordered_map<std::string, index::execution_change>;

/// Executions that began within the page: their ids grow with time, so their
/// rows are neighbours, and walking over them costs a third of looking each one
/// up. What lies elsewhere, or cannot be read, is left to the one by one way.
class newborn_walk {
 public:
  newborn_walk(const storage::store& from, uint32_t shard,
               const told_by_id& all, search_definitions& definitions)
      : from_(from), shard_(shard), definitions_(definitions) {
    for (auto& [id, of] : all)
      if (!of.gone && of.first == 1 && of.last <= few_revisions)
        wanted_.emplace_back(&id, of.last);
    std::ranges::sort(wanted_, {}, [](auto& x) { return *x.first; });
  }

  changes_by_id read() {
    constexpr size_t worth_a_walk = 4;
    while (wanted_.size() - at_ >= worth_a_walk) {
      auto begin = at_;
      if (!walk() || at_ - begin < worth_a_walk)
        break; // they are strewn
    }
    return std::move(out_);
  }

 private:
  bool walk() {
    constexpr size_t strangers_max = 32;
    size_t strangers = 0;
    auto visit = [&](std::string_view key, std::string_view record) {
      auto row = keys::read_event(key);
      if (!row)
        return false;
      while (at_ < wanted_.size() && *wanted_[at_].first < row->id)
        next();
      if (at_ == wanted_.size())
        return false;
      auto& [id, last] = wanted_[at_];
      // Later revisions come with the next page.
      if (row->id != *id || row->revision > last)
        return ++strangers <= strangers_max;
      if (!fold_)
        fold_.emplace(from_, shard_, *id, definitions_);
      return fold_->add(record);
    };
    auto& [newest, last] = wanted_.back();
    storage::page_bounds most;
    most.rows = (wanted_.size() - at_) * 3 + strangers_max;
    auto visited = from_.scan(shard_, keys::event(*wanted_[at_].first, 1),
                              keys::event(*newest, last + 1), visit, most);
    if (fold_)
      next();
    return bool(visited);
  }

  /// The end of one: its change, if all of it was there.
  void next() {
    auto& [id, last] = wanted_[at_++];
    if (fold_ && !fold_->failed() && fold_->last() == last)
      if (auto change = fold_->finish())
        out_.emplace(*id, std::move(*change));
    fold_.reset();
  }

  const storage::store& from_;
  const uint32_t shard_;
  search_definitions& definitions_;
  std::vector<std::pair<const std::string*, int64_t>> wanted_;
  size_t at_ = 0;
  std::optional<revision_fold> fold_;
  changes_by_id out_;
};

/// What cannot be read cannot be found, but must not hold up the others.
void leave_out(const failure& why) {
  spdlog::error("search index: left out: {}", why.message);
}

result<index::execution_change>
read_change(const storage::store& from, uint32_t shard, const std::string& id,
            const told& of, search_definitions& definitions) {
  auto change = read_range(from, shard, id, of.first, of.last, definitions);
  if (!change)
    return std::move(change).failure();
  return *change ? std::move(**change)
                 : read_whole(from, shard, id, definitions);
}

} // namespace index_reads_detail

result<index::execution_change> read_whole(const storage::store& from,
                                           uint32_t shard,
                                           const std::string& id,
                                           search_definitions& definitions) {
  using namespace index_reads_detail;
  auto hidden = is_archived(from, shard, id);
  if (!hidden)
    return std::move(hidden).failure();
  if (*hidden)
    return removal_of(id);
  auto out = read_range(from, shard, id, 1, 0, definitions);
  if (!out)
    return std::move(out).failure();
  return *out ? std::move(**out) : removal_of(id);
}

result<index::batch> read_changes(const storage::store& from, uint32_t shard,
                                  const storage::feed_page& page,
                                  search_definitions& definitions) {
  using namespace index_reads_detail;
  std::vector<std::string> order;
  told_by_id all;
  for (auto& item : page.items) {
    auto& x = item.what;
    auto [at, is_new] = all.try_emplace(x.workflow_id);
    if (is_new)
      order.push_back(x.workflow_id);
    auto& of = at->second;
    of.gone = !x.after || x.archived;
    if (x.first_revision > 0) {
      of.first = of.first > 0 ? of.first : x.first_revision;
      of.last = x.last_revision;
    }
  }
  auto newborn = newborn_walk(from, shard, all, definitions).read();
  index::batch out{shard, page.items.back().position, {}};
  out.changes.reserve(order.size());
  for (auto& id : order) {
    auto& of = all[id];
    if (of.gone) {
      definitions.forget(id);
      out.changes.push_back(removal_of(id));
      continue;
    }
    if (of.last == 0)
      continue;
    if (auto read = newborn.find(id); read != newborn.end()) {
      out.changes.push_back(std::move(read->second));
      continue;
    }
    auto change = read_change(from, shard, id, of, definitions);
    if (change)
      out.changes.push_back(std::move(*change));
    else if (change.failure().code == errc::internal)
      leave_out(change.failure());
    else
      return std::move(change).failure();
  }
  return out;
}

std::string first_execution() { return std::string(1, 'e'); }

result<executions_page> read_executions(const storage::store& from,
                                        uint32_t shard, std::string_view begin,
                                        size_t count_max,
                                        search_definitions& definitions) {
  using namespace index_reads_detail;
  executions_page out;
  std::optional<revision_fold> fold;
  std::string id;
  std::optional<failure> failed;
  size_t bytes = 0;
  bool unreadable = false;
  auto end_of_one = [&] {
    if (!fold || std::exchange(unreadable, false))
      return true;
    auto hidden = is_archived(from, shard, id);
    if (!hidden)
      failed = hidden.failure();
    else if (!*hidden)
      if (auto change = fold->finish(); change && change->complete)
        out.items.push_back(std::move(*change));
    fold.reset();
    return !failed;
  };
  auto visit = [&](std::string_view key, std::string_view record) {
    auto row = keys::read_event(key);
    if (!row) {
      failed = failure{errc::internal, "a key of a revision is damaged"};
      return false;
    }
    if (row->id != id) {
      if (!end_of_one())
        return false;
      if (out.items.size() >= count_max || bytes >= page_bytes_max) {
        out.next = keys::events_of(row->id);
        return false;
      }
      id = row->id;
      fold.emplace(from, shard, id, definitions);
    }
    bytes += record.size();
    if (unreadable || fold->add(record))
      return true;
    if (fold->failed()->code != errc::internal)
      failed = fold->failed();
    else
      leave_out(*fold->failed());
    unreadable = true;
    return !failed;
  };
  auto visited = from.scan(shard, begin, keys::after(first_execution()), visit);
  if (failed)
    return *failed;
  if (!visited)
    return std::move(visited).failure();
  if (!out.next && !end_of_one())
    return *failed;
  return out;
}

} // namespace tutti
