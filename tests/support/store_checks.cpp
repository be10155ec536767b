#include "actors/engine/decision/leases.hpp"
#include "actors/workflow/stored_execution.hpp"
#include "messages/model/ids.hpp"
#include "storage/keys.hpp"
#include "storage/read_or_throw.hpp"
#include "tests/support/actor_world.hpp"
#include "tests/support/state_picture.hpp"

#include <stdexcept>

// What must be true of a store at any moment: each execution and the rows
// derived from it agree, because they are written together.

namespace tutti::test {

namespace keys = storage::keys;

namespace store_checks_detail {

shard_context_pointer reader(const std::shared_ptr<storage::store>& store,
                             uint32_t shard) {
  auto out = std::make_shared<shard_context>();
  out->store = store;
  out->shard = shard;
  return out;
}

std::set<std::string> keys_of(const storage::store& store, uint32_t shard,
                              std::string_view kind) {
  std::set<std::string> out;
  storage::read_or_throw(
      store.scan(shard, kind, keys::after(kind),
                 [&](std::string_view key, std::string_view) {
                   out.emplace(key);
                   return true;
                 }));
  return out;
}

void compare(std::vector<std::string>& out, const char* what,
             const std::set<std::string>& stored,
             const std::set<std::string>& expected) {
  for (auto& x : stored)
    if (!expected.contains(x))
      out.push_back(std::string(what) + " row that no execution has: " + x);
  for (auto& x : expected)
    if (!stored.contains(x))
      out.push_back(std::string(what) + " row is missing: " + x);
}

} // namespace store_checks_detail

engine::state loaded(const std::shared_ptr<storage::store>& store,
                     const std::string& id) {
  stored_execution reader(
      store_checks_detail::reader(store, shard_of(id, store->shards())), id);
  engine::state out;
  memory_hold memory;
  auto found = reader.load(*store, out, memory);
  if (!found)
    throw std::runtime_error(found.failure().message);
  return out;
}

engine::state replayed(const std::shared_ptr<storage::store>& store,
                       const std::string& id) {
  auto shard = shard_of(id, store->shards());
  definition_cache book;
  storage::revision_codec codec;
  engine::state out;
  int64_t expected = 1;
  storage::read_or_throw(store->scan(
      shard, keys::events_of(id), keys::after(keys::events_of(id)),
      [&](std::string_view, std::string_view record) {
        auto x = codec.read(record, [&](std::string_view hash, bool own) {
          if (!own)
            return storage::read_or_throw(book.find(*store, shard, hash));
          auto text = storage::read_or_throw(
              store->get(shard, keys::own_definition(id, hash)));
          return text ? read_definition(*text, std::string(hash)) : nullptr;
        });
        if (!x)
          throw std::runtime_error(x.failure().message);
        if (x->number != expected++)
          throw std::runtime_error("execution " + id + " lacks a revision");
        out.apply(*x);
        return true;
      }));
  return out;
}

std::vector<std::string>
contradictions(const std::shared_ptr<storage::store>& store) {
  using namespace store_checks_detail;
  std::vector<std::string> out;
  for (uint32_t shard = 0; shard < store->shards(); ++shard) {
    std::set<std::string> ids;
    for (auto& key : keys_of(*store, shard, "e"))
      ids.insert(keys::read_event(key)->id);
    std::set<std::string> queue, timers, running, named, leases;
    for (auto& id : ids) {
      auto live = loaded(store, id);
      auto& head = live.head();
      auto again = replayed(store, id);
      if (picture(live) != picture(again)
          || live.revision_number() != again.revision_number())
        out.push_back("execution " + id + ": snapshot and revisions differ");
      for (auto& row : live.rows())
        if (row.queued_at != 0)
          queue.insert(keys::queue(engine::queue_name(row),
                                   row.workflow_priority, row.queued_at,
                                   row.seq, row.task_id));
      for (auto& row : live.rows())
        if (engine::holds_lease(row))
          leases.insert(keys::lease(row.task_def_name, row.task_id));
      named.insert(keys::named(head.definition->name, head.create_time, id));
      if (!is_terminal(head.status))
        running.insert(
            keys::running(head.definition->name, head.definition->version, id));
      int64_t timer = 0;
      if (auto control
          = storage::read_or_throw(store->get(shard, keys::control(id))))
        timer = storage::read_control(*control)->timer_due;
      if (timer != 0)
        timers.insert(keys::timer(timer, id));
      auto deadline = live.next_deadline();
      if (deadline != 0 && (timer == 0 || timer > deadline))
        out.push_back("execution " + id + " would miss its deadline");
    }
    compare(out, "queue", keys_of(*store, shard, "q"), queue);
    compare(out, "lease", keys_of(*store, shard, "w"), leases);
    compare(out, "timer", keys_of(*store, shard, "t"), timers);
    compare(out, "running", keys_of(*store, shard, "r"), running);
    compare(out, "name", keys_of(*store, shard, "n"), named);
  }
  return out;
}

} // namespace tutti::test
