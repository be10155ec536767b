#pragma once

#include "actors/engine/state/state.hpp"
#include "actors/workflow/shard_context.hpp"
#include "storage/records.hpp"

namespace tutti {

/// How often the process ended while the execution was woken
/// (storage::keys::waking).
struct waking_mark {
  uint64_t count = 0, epoch = 0;
};

std::string write(const waking_mark& x);

/// What an execution waits for at most before it wakes: what needs more would
/// wait for everybody.
size_t waking_bytes_max();

/// The stored rows of one execution: read once when it wakes, then only
/// written. Knows which rows exist, so it can replace or erase each without a
/// search.
class stored_execution {
 public:
  stored_execution(shard_context_pointer context, std::string id)
      : context_(std::move(context)), id_(std::move(id)) {}

  /// Rebuilds `into`, on a thread that may wait. False when nothing is stored
  /// under the id; errc::internal when what is stored makes no sense.
  /// Nothing is read of a heavy one that has not been given memory for it:
  /// then `memory_wanted` says how much it needs. `memory` is what it has been
  /// given, and then what it holds.
  result<bool> load(const storage::store& from, engine::state& into,
                    memory_hold& memory);
  size_t memory_wanted() const { return memory_wanted_; }
  /// Read when memory is wanted.
  waking_mark mark() const { return mark_; }

  /// Adds the next revision to `out`. `own_definition`: a definition in these
  /// events belongs to this execution alone.
  /// errc::too_large: no record can hold it.
  result<done> add_revision(storage::batch& out, std::vector<event> events,
                            cause why, int64_t now, bool own_definition);

  /// Adds the rows that follow from the state: list entries, the timer, a
  /// snapshot when it is due. Call it once per commit. True when the timer row
  /// changed; see `timer_due`.
  bool add_rows(storage::batch& out, const engine::state& x, int64_t now);

  /// Erases all rows.
  void add_removal(storage::batch& out, const engine::state& x);
  /// The row from which an execution that is removed can be read.
  /// errc::too_large beyond the bound on answers.
  static result<done> add_archive(storage::batch& out, const engine::state& x,
                                  const shard_context& in);
  /// Removes the execution from lists; its rows stay.
  void add_archival(storage::batch& out, const engine::state& x);

  /// What the commit that is about to be handed in changed, for those who
  /// follow (`commit::feed`); empty: nothing. Call it once per commit, last.
  std::string take_feed_entry();

  int64_t timer_due() const { return control_.timer_due; }
  int64_t revision_number() const { return revision_; }
  bool archived() const { return control_.archived; }

 private:
  /// The execution's list entries as stored.
  struct listing {
    bool exists = false;
    std::string name;
    int64_t created = 0;
    storage::catalog_entry entry;
    friend bool operator==(const listing&, const listing&) = default;
  };
  listing listing_of(const engine::state& x) const;
  void replace_listing(storage::batch& out, const listing& next);
  bool replace_timer(storage::batch& out, const engine::state& x, int64_t now);
  void add_snapshot(storage::batch& out, const engine::state& x, int64_t now);
  result<storage::kept_definition_pointer>
  find(const storage::store& from, std::string_view hash, bool own) const;
  failure damaged(const failure& why) const;
  /// False: more memory is needed to read so many bytes of records.
  bool make_room(size_t record_bytes, memory_hold& memory);
  result<bool> want_memory(const storage::store& from);

  shard_context_pointer context_;
  std::string id_;
  storage::revision_codec codec_;
  int64_t revision_ = 0;
  size_t memory_wanted_ = 0;
  waking_mark mark_;
  storage::control control_;
  listing listing_;
  /// As in the last feed entry.
  struct told {
    int64_t revision = 0;
    std::optional<workflow_status> status;
    bool archived = false;
  };
  told told_;
  bool tasks_changed_ = false;
  /// Since the last snapshot.
  size_t tail_revisions_ = 0, tail_bytes_ = 0, snapshot_bytes_ = 0;
};

} // namespace tutti
