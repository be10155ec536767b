#include "actors/workflow/stored_execution.hpp"

#include "actors/workflow/rendering.hpp"
#include "storage/feed.hpp"
#include "storage/keys.hpp"
#include "storage/records_jobs.hpp"

#include <charconv>

namespace tutti {

namespace keys = storage::keys;

namespace stored_execution_detail {

/// A record, what is read of it, and the execution exist at the same time.
constexpr size_t copies_while_read = 3;

void put(storage::batch& out, std::string key, std::string value) {
  out.push_back(
      {storage::operation::kind::put, std::move(key), std::move(value)});
}

void erase(storage::batch& out, std::string key) {
  out.push_back({storage::operation::kind::erase, std::move(key), {}});
}

void erase_all(storage::batch& out, std::string prefix) {
  auto end = keys::after(prefix);
  out.push_back({storage::operation::kind::erase_range, std::move(prefix),
                 std::move(end)});
}

/// A snapshot is written with the rows of a decision. One that would make the
/// commit too large waits for a smaller decision.
bool has_room(const storage::batch& with, const engine::state& x,
              const shard_context& in) {
  uint64_t bytes = x.bytes();
  for (auto& row : with)
    bytes += row.key.size() + row.value.size();
  return bytes <= in.bounds.commit_bytes_max;
}

bool changes_tasks(const event& x) {
  return event_as<task_added>(x) || event_as<task_changed>(x)
         || event_as<tasks_removed>(x);
}

} // namespace stored_execution_detail

namespace batches = stored_execution_detail;

result<storage::kept_definition_pointer>
stored_execution::find(const storage::store& from, std::string_view hash,
                       bool own) const {
  if (!own)
    return context_->cached_definitions.find(from, context_->shard, hash);
  auto text = from.get(context_->shard, keys::own_definition(id_, hash));
  if (!text)
    return std::move(text).failure();
  return *text ? read_definition(**text, std::string(hash)) : nullptr;
}

failure stored_execution::damaged(const failure& why) const {
  return {errc::internal, "execution " + id_ + ": " + why.message};
}

bool stored_execution::make_room(size_t record_bytes, memory_hold& memory) {
  using namespace stored_execution_detail;
  auto bytes = record_bytes * copies_while_read;
  auto given = memory.bytes();
  if (record_bytes < heavy_execution_bytes || bytes <= given)
    return true;
  if (memory_wanted_ > 0 || given == 0
      || (given < waking_bytes_max() && !memory.grow_to(bytes)))
    memory_wanted_ = bytes;
  else if (given < bytes)
    memory.resize(bytes);
  return memory_wanted_ == 0;
}

result<bool> stored_execution::want_memory(const storage::store& from) {
  auto row = from.get(context_->shard, keys::waking(id_));
  if (!row)
    return std::move(row).failure();
  if (*row) {
    auto& text = **row;
    auto* end = text.data() + text.size();
    auto [at, error] = std::from_chars(text.data(), end, mark_.count);
    if (error == std::errc() && at != end)
      std::from_chars(at + 1, end, mark_.epoch);
  }
  return true;
}

size_t waking_bytes_max() { return memory_account::of_process().bytes() / 2; }

std::string write(const waking_mark& x) {
  return std::to_string(x.count) + ' ' + std::to_string(x.epoch);
}

result<bool> stored_execution::load(const storage::store& from,
                                    engine::state& into, memory_hold& memory) {
  auto shard = context_->shard;
  std::optional<failure> broken;
  auto find_definition = [&](std::string_view hash,
                             bool own) -> storage::kept_definition_pointer {
    auto found = find(from, hash, own);
    if (found)
      return *std::move(found);
    broken = std::move(found).failure();
    return nullptr;
  };
  auto apply = [&](std::string_view record) {
    auto revision = codec_.read(record, find_definition);
    if (!revision && !broken)
      broken = damaged(revision.failure());
    if (!revision)
      return false;
    into.apply(*revision);
    revision_ = revision->number;
    return true;
  };

  auto snapshot = from.get(shard, keys::snapshot(id_));
  if (!snapshot)
    return std::move(snapshot).failure();
  if (*snapshot) {
    snapshot_bytes_ = (*snapshot)->size();
    if (!make_room(snapshot_bytes_, memory))
      return want_memory(from);
    if (!apply(**snapshot))
      return *broken;
  }
  auto visited = from.scan(
      shard, keys::event(id_, revision_ + 1), keys::after(keys::events_of(id_)),
      [&](std::string_view, std::string_view record) {
        ++tail_revisions_;
        tail_bytes_ += record.size();
        // What is too much is only counted.
        return !make_room(snapshot_bytes_ + tail_bytes_, memory)
               || apply(record);
      });
  if (memory_wanted_ > 0)
    return want_memory(from);
  if (broken)
    return *broken;
  if (!visited)
    return std::move(visited).failure();
  // The records are gone, the execution stays.
  if (memory.bytes() > 0)
    memory.resize(into.bytes());
  if (!into.exists())
    return false;
  auto row = from.get(shard, keys::control(id_));
  if (!row)
    return std::move(row).failure();
  if (*row) {
    auto control = storage::read_control(**row);
    if (!control)
      return damaged(control.failure());
    control_ = *control;
  }
  listing_ = listing_of(into);
  told_ = {revision_, listing_.entry.status, control_.archived};
  return true;
}

result<done> stored_execution::add_revision(storage::batch& out,
                                            std::vector<event> events,
                                            cause why, int64_t now,
                                            bool own_definition) {
  for (auto& x : events)
    tasks_changed_ = tasks_changed_ || batches::changes_tasks(x);
  revision next{++revision_, now, std::move(why), std::move(events)};
  auto intern = [&](const workflow_def_pointer& definition)
      -> storage::revision_codec::definition_use {
    if (!own_definition) {
      auto entry = context_->cached_definitions.intern(definition);
      if (entry.put)
        out.push_back(std::move(*entry.put));
      return {std::move(entry.what), false};
    }
    auto text = storage::definition_text(*definition);
    auto kept = std::make_shared<const storage::kept_definition>(
        definition, storage::definition_hash(text));
    batches::put(out, keys::own_definition(id_, kept->hash()), std::move(text));
    return {std::move(kept), true};
  };
  auto record = codec_.write(next, intern);
  if (!record)
    return std::move(record).failure();
  ++tail_revisions_;
  tail_bytes_ += record->size();
  batches::put(out, keys::event(id_, revision_), std::move(*record));
  return done{};
}

bool stored_execution::add_rows(storage::batch& out, const engine::state& x,
                                int64_t now) {
  replace_listing(out, listing_of(x));
  auto timer_changed = replace_timer(out, x, now);
  // A snapshot costs about as much as the revisions since the last one, so the
  // average cost of a step stays constant.
  if (tail_revisions_ >= context_->settings.snapshot_revisions_min
      && tail_bytes_ >= snapshot_bytes_ && batches::has_room(out, x, *context_))
    add_snapshot(out, x, now);
  return timer_changed;
}

stored_execution::listing
stored_execution::listing_of(const engine::state& x) const {
  auto& head = x.head();
  return {true,
          head.definition->name,
          head.create_time,
          {head.definition->version, head.status, control_.archived}};
}

void stored_execution::replace_listing(storage::batch& out,
                                       const listing& next) {
  if (listing_ == next)
    return;
  auto is_running = [](const listing& x) {
    return x.exists && !is_terminal(x.entry.status);
  };
  auto running_key = [&](const listing& x) {
    return keys::running(x.name, x.entry.version, id_);
  };
  auto created_text
      = [](const listing& x) { return std::to_string(x.created); };
  bool moved = listing_.name != next.name || listing_.created != next.created;
  if (listing_.exists && moved)
    batches::erase(out, keys::named(listing_.name, listing_.created, id_));
  if (next.exists)
    batches::put(out, keys::named(next.name, next.created, id_),
                 storage::write(next.entry));
  bool was = is_running(listing_), is = is_running(next);
  if (was && (!is || running_key(listing_) != running_key(next)))
    batches::erase(out, running_key(listing_));
  if (is && (!was || moved || running_key(listing_) != running_key(next)))
    batches::put(out, running_key(next), created_text(next));
  listing_ = next;
}

// A deadline that moves later keeps its row: it fires early, the execution
// finds nothing to do and moves the row. This saves timer writes.
bool stored_execution::replace_timer(storage::batch& out,
                                     const engine::state& x, int64_t now) {
  auto due = x.next_deadline();
  auto stored = control_.timer_due;
  bool fired = stored != 0 && stored <= now;
  bool ended = stored != 0 && is_terminal(x.head().status);
  bool earlier = due != 0 && (stored == 0 || due < stored);
  if (!fired && !ended && !earlier)
    return false;
  if (due == stored)
    return false;
  if (stored != 0)
    batches::erase(out, keys::timer(stored, id_));
  if (due != 0)
    batches::put(out, keys::timer(due, id_), {});
  control_.timer_due = due;
  batches::put(out, keys::control(id_), storage::write(control_));
  return true;
}

void stored_execution::add_snapshot(storage::batch& out, const engine::state& x,
                                    int64_t now) {
  std::vector<const task*> rows;
  rows.reserve(x.rows().size());
  for (auto& row : x.rows())
    rows.push_back(&row);
  auto record = codec_.write_snapshot(x.head(), rows, revision_, now,
                                      x.history_bytes());
  tail_revisions_ = 0;
  tail_bytes_ = 0;
  if (!record)
    return;
  snapshot_bytes_ = record->size();
  // The revisions say the same: a snapshot that does not fit is left out, and
  // tried again after as many bytes.
  auto rest = storage::size_of({0, 0, out});
  if (rest + snapshot_bytes_ < context_->store->commit_bytes_max())
    batches::put(out, keys::snapshot(id_), std::move(*record));
}

void stored_execution::add_removal(storage::batch& out,
                                   const engine::state& x) {
  for (auto& row : x.rows())
    if (row.queued_at != 0)
      batches::erase(out,
                     keys::queue(engine::queue_name(row), row.workflow_priority,
                                 row.queued_at, row.seq, row.task_id));
  if (control_.timer_due != 0)
    batches::erase(out, keys::timer(control_.timer_due, id_));
  replace_listing(out, listing{});
  batches::erase_all(out, keys::events_of(id_));
  batches::erase_all(out, keys::own_definitions_of(id_));
  batches::erase_all(out, keys::logs_of_workflow(id_));
  batches::erase(out, keys::snapshot(id_));
  batches::erase(out, keys::control(id_));
  batches::erase(out, keys::waking(id_));
}

std::string stored_execution::take_feed_entry() {
  told now{revision_,
           listing_.exists ? std::optional(listing_.entry.status)
                           : std::nullopt,
           control_.archived};
  storage::feed_entry out;
  out.before = told_.status;
  out.after = now.status;
  if (now.revision != told_.revision) {
    out.first_revision = told_.revision + 1;
    out.last_revision = now.revision;
  } else if (now.status == told_.status && now.archived == told_.archived) {
    return {}; // a deadline moved
  }
  out.workflow_id = id_;
  out.archived = now.archived;
  out.tasks_changed = std::exchange(tasks_changed_, false);
  told_ = now;
  return storage::write(out);
}

result<done> stored_execution::add_archive(storage::batch& out,
                                           const engine::state& x,
                                           const shard_context& in) {
  auto whole = render(x, read_execution{}, in.settings.answer_bytes_max);
  if (!whole)
    return std::move(whole).failure();
  auto& head = x.head();
  storage::archived_execution row;
  row.name = head.definition->name;
  row.version = head.definition->version;
  row.status = head.status;
  row.created_at = head.create_time;
  row.ended_at = head.end_time;
  row.archived_at = in.clock->now_ms();
  row.correlation_id = head.correlation_id;
  auto entry = storage::write(row);
  row.execution = std::move(whole->text);
  auto record = storage::write(row);
  for (auto* written : {&entry, &record})
    if (!*written)
      return std::move(*written).failure();
  auto& id = head.workflow_id;
  batches::put(out, keys::archived(id), *std::move(record));
  batches::put(out, keys::archived_at(head.end_time, id), *std::move(entry));
  return done{};
}

void stored_execution::add_archival(storage::batch& out,
                                    const engine::state& x) {
  control_.archived = true;
  batches::put(out, keys::control(id_), storage::write(control_));
  replace_listing(out, listing_of(x));
}

} // namespace tutti
