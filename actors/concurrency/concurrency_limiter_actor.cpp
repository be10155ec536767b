#include "actors/concurrency/concurrency_limiter_actor.hpp"

#include "actors/workflow/post_commit_effects.hpp"
#include "messages/model/ids.hpp"
#include "storage/keys.hpp"
#include "storage/records.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <stdexcept>

namespace tutti {

namespace slots_detail {

namespace keys = storage::keys;
using storage::operation;

/// Ids of executions that an answer names.
constexpr size_t holders_told = 20;

failure failed(const shard_context& in) {
  return {errc::unavailable, "shard " + std::to_string(in.shard)
                                 + " failed to write and waits for a restart"};
}

storage::slot_place stored(const engine::slot_group::place& x) {
  return {x.workflow_id, x.round, x.limit, x.held};
}

} // namespace slots_detail

bool slots_state::exists(const std::string& workflow_id) const {
  auto shard = shard_of(workflow_id, context->store->shards());
  return context->store->get(shard, storage::keys::event(workflow_id, 1))
      .has_value();
}

void slots_state::load() {
  using namespace slots_detail;
  if (std::exchange(loaded_, true))
    return;
  std::vector<std::tuple<group_key, std::string, int32_t>> lost;
  auto first = keys::all_slots();
  context->store->scan(
      context->shard, first, keys::after(first),
      [&](std::string_view key, std::string_view record) {
        auto where = keys::read_slot(key);
        auto place = storage::read_slot_place(record);
        if (!where || !place) {
          spdlog::error("shard {}: a slot of a rateLimitKey cannot be read",
                        context->shard);
          return true;
        }
        next_number_ = std::max(next_number_, where->number + 1);
        group_key of(std::move(where->name), std::move(where->key));
        if (place->held && !exists(place->workflow_id))
          lost.emplace_back(of, place->workflow_id, place->round);
        groups_[std::move(of)].restore(
            where->number,
            {place->workflow_id, place->round, place->limit, place->held});
        return true;
      });
  for (auto& [of, id, round] : lost)
    commit(of, groups_[of].give_back(id, round), {});
}

// Letters come twice after a crash: the group knows what it has done. One that
// asks for an execution that was removed meanwhile would never give back.
void slots_state::accept(accept_letter& x) {
  if (context->failed)
    return x.done(slots_detail::failed(*context));
  load();
  auto& what = std::get<slot_request>(x.what->what);
  group_key of(what.name, what.key);
  bool asks = what.what == slot_request::verb::ask;
  if (asks && !exists(what.workflow_id))
    return x.done(answer{});
  auto& group = groups_[of];
  commit(
      of,
      asks ? group.ask(next_number_++, what.workflow_id, what.round, what.limit)
           : group.give_back(what.workflow_id, what.round),
      x.done);
}

void slots_state::take(try_slot& x) {
  if (context->failed)
    return x.taken(slots_detail::failed(*context));
  load();
  group_key of(x.what.name, x.what.key);
  engine::slot_group::changes changes;
  if (groups_[of].try_ask(next_number_++, x.what.workflow_id, x.what.round,
                          x.what.limit, changes))
    return commit(of, std::move(changes), x.taken);
  forget_empty(of);
  x.taken(failure{errc::too_many, "no slot is free"});
}

void slots_state::read(read_slots& x) {
  load();
  auto holders = nlohmann::json::array();
  size_t before = 0;
  bool seen = false;
  if (auto it = groups_.find({x.name, x.key}); it != groups_.end())
    for (auto& [number, place] : it->second.places()) {
      seen |= place.workflow_id == x.workflow_id;
      if (!place.held)
        before += seen ? 0 : 1;
      else if (holders.size() < slots_detail::holders_told)
        holders.push_back(place.workflow_id);
    }
  answer out;
  out.text = to_text(
      nlohmann::json{{"holders", std::move(holders)}, {"position", before}});
  x.done(std::move(out));
}

void slots_state::forget_empty(const group_key& of) {
  if (auto it = groups_.find(of); it != groups_.end() && it->second.empty())
    groups_.erase(it);
}

void slots_state::commit(const group_key& of,
                         engine::slot_group::changes changes,
                         const reply<answer>& done) {
  using namespace slots_detail;
  forget_empty(of);
  auto flying = std::make_shared<flight>(context);
  if (done)
    flying->answer_with(done, answer{});
  storage::commit what{context->shard, context->epoch, {}};
  for (auto& x : changes) {
    auto key = keys::slot(of.first, of.second, x.number);
    if (x.erased) {
      what.operations.push_back({operation::kind::erase, std::move(key), {}});
      continue;
    }
    what.operations.push_back(
        {operation::kind::put, std::move(key), storage::write(stored(x.now))});
    if (!x.tell)
      continue;
    letter granted{x.now.workflow_id, slot_group_id(of.first, of.second),
                   workflow_command{command::slot_granted{x.now.round}}};
    auto record = storage::write(granted);
    if (!record)
      throw std::logic_error(record.failure().message);
    auto number = context->next_letter++;
    what.operations.push_back(
        {operation::kind::put, keys::outbox(number), std::move(*record)});
    flying->deliver(
        {number, std::make_shared<const letter>(std::move(granted))});
  }
  // What changed nothing is answered behind what was decided before it.
  context->store->submit(std::move(what),
                         [flying, in = context](storage::outcome how) {
                           if (how == storage::outcome::ok)
                             return flying->mark_durable();
                           if (!in->failed.exchange(true) && in->shard_failed)
                             in->shard_failed(in->shard);
                         });
}

slots_actor::behavior_type
slots_keeper(slots_actor::stateful_pointer<slots_state> self,
             shard_context_pointer context) {
  self->state.self = self;
  self->state.context = std::move(context);
  return {
      [self](accept_letter& x) { self->state.accept(x); },
      [self](try_slot& x) { self->state.take(x); },
      [self](read_slots& x) { self->state.read(x); },
      [self](const tick&) { self->state.load(); },
  };
}

} // namespace tutti
