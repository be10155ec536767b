#include "actors/workflow/contradictions.hpp"

#include "actors/engine/decision/leases.hpp"
#include "actors/support/unknown.hpp"
#include "actors/workflow/stored_execution.hpp"
#include "messages/model/ids.hpp"
#include "messages/model/memory/memory_account.hpp"
#include "messages/model/violations.hpp"
#include "storage/keys.hpp"

namespace tutti {

namespace keys = storage::keys;

namespace contradictions_detail {

/// Looks for rows; a read that fails ends it.
class inspection {
 public:
  inspection(const storage::store& from, std::string id)
      : from_(from), id_(std::move(id)), shard_(shard_of(id_, from.shards())) {}

  const std::optional<failure>& trouble() const { return trouble_; }
  std::vector<violation> take() { return std::move(found_).take(); }

  /// The number of the newest revision; 0: there is none.
  int64_t newest() {
    int64_t out = 0;
    auto prefix = keys::events_of(id_);
    keep(from_.scan_backwards(shard_, prefix, keys::after(prefix),
                              [&](std::string_view key, std::string_view) {
                                if (auto parsed = keys::read_event(key))
                                  out = parsed->revision;
                                return false;
                              },
                              {.rows = 1}));
    return out;
  }

  void look_at(const engine::state& x, bool archived) {
    auto& head = x.head();
    auto& definition = *head.definition;
    for (auto& row : x.rows()) {
      if (row.queued_at != 0)
        expect("queue", row,
               keys::queue(engine::queue_name(row), row.workflow_priority,
                           row.queued_at, row.seq, row.task_id),
               true);
      expect("lease", row, keys::lease(row.task_def_name, row.task_id),
             engine::holds_lease(row));
    }
    expect("running", "the list of running executions",
           keys::running(definition.name, definition.version, id_),
           !is_terminal(head.status) && !archived);
    expect("catalog", "the list of executions",
           keys::named(definition.name, head.create_time, id_), true);
    look_at_timer(x);
  }

 private:
  void look_at_timer(const engine::state& x) {
    auto record = read(keys::control(id_));
    if (!record)
      return;
    auto control = storage::read_control(*record);
    if (!control)
      return found_.add("control", control.failure().message);
    auto due = control->timer_due;
    if (due != 0)
      expect("timer", "the timer", keys::timer(due, id_), true);
    auto deadline = x.next_deadline();
    if (deadline != 0 && (due == 0 || due > deadline))
      found_.add("timer", "the timer is due at " + std::to_string(due)
                              + ", and the next deadline is at "
                              + std::to_string(deadline));
  }

  void expect(const char* kind, const task& row, const std::string& key,
              bool there) {
    if (bool(read(key)) != there)
      found_.add(kind, "task " + row.task_id + " has "
                           + (there ? "no row"
                                    : "a row that it should not "
                                      "have"));
  }
  void expect(const char* kind, const char* what, const std::string& key,
              bool there) {
    if (bool(read(key)) != there)
      found_.add(kind,
                 std::string(what)
                     + (there ? " lacks the execution" : " has the execution"));
  }

  std::optional<std::string> read(const std::string& key) {
    if (trouble_)
      return std::nullopt;
    auto got = from_.get(shard_, key);
    if (got)
      return std::move(*got);
    trouble_ = got.failure();
    return std::nullopt;
  }
  void keep(const result<done>& read) {
    if (!read && !trouble_)
      trouble_ = read.failure();
  }

  const storage::store& from_;
  std::string id_;
  uint32_t shard_;
  violations found_;
  std::optional<failure> trouble_;
};

// Nobody commits that often for that long.
constexpr int attempts = 100;

} // namespace contradictions_detail

result<std::vector<violation>> contradictions(const storage::store& from,
                                              const std::string& id) {
  using namespace contradictions_detail;
  auto context = std::make_shared<shard_context>();
  context->shard = shard_of(id, from.shards());
  // Nothing is read of a heavy execution that has no memory yet.
  memory_hold memory;
  for (int i = 0; i < attempts; ++i) {
    stored_execution stored(context, id);
    engine::state x;
    auto found = stored.load(from, x, memory);
    if (!found)
      return found.failure();
    if (auto wanted = stored.memory_wanted()) {
      auto& account = memory_account::of_process();
      auto room = account.try_hold(memory_use::executions, wanted);
      if (!room)
        return account.refusal(wanted);
      memory = *std::move(room);
      continue;
    }
    if (!*found)
      return unknown_workflow(id);
    inspection look(from, id);
    look.look_at(x, stored.archived());
    bool stood_still = look.newest() == stored.revision_number();
    if (look.trouble())
      return *look.trouble();
    if (stood_still)
      return look.take();
  }
  return failure{errc::unavailable,
                 "execution " + id + " changes too often to be looked at"};
}

} // namespace tutti
