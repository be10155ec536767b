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

storage::slot_claim stored(const engine::slot_group::claim& x) {
  return {x.workflow_id, x.generation, x.limit, x.held};
}

} // namespace slots_detail

bool concurrency_limiter_state::exists(const std::string& workflow_id) const {
  auto shard = shard_of(workflow_id, context->store->shards());
  return context->store->get(shard, storage::keys::event(workflow_id, 1))
      .has_value();
}

void concurrency_limiter_state::load() {
  using namespace slots_detail;
  if (std::exchange(loaded_, true))
    return;
  std::vector<std::tuple<group_key, std::string, int32_t>> lost;
  auto first = keys::all_slots();
  context->store->scan(
      context->shard, first, keys::after(first),
      [&](std::string_view key, std::string_view record) {
        auto where = keys::read_slot(key);
        auto claim = storage::read_slot_claim(record);
        if (!where || !claim) {
          spdlog::error("shard {}: a slot of a rateLimitKey cannot be read",
                        context->shard);
          return true;
        }
        next_number_ = std::max(next_number_, where->number + 1);
        group_key of(std::move(where->name), std::move(where->key));
        if (claim->held && !exists(claim->workflow_id))
          lost.emplace_back(of, claim->workflow_id, claim->generation);
        groups_[std::move(of)].restore(
            where->number,
            {claim->workflow_id, claim->generation, claim->limit, claim->held});
        return true;
      });
  for (auto& [of, id, generation] : lost)
    commit(of, groups_[of].give_back(id, generation), {});
}

// Outbox messages come twice after a crash: the group knows what it has done.
// One that asks for an execution that was removed meanwhile would never give
// back.
void concurrency_limiter_state::accept(envelope<accept_outbox_message>& x) {
  if (context->failed)
    return x.done(slots_detail::failed(*context));
  load();
  auto& what = std::get<slot_request>(x.request.what->what);
  group_key of(what.name, what.key);
  bool asks = what.what == slot_request::verb::ask;
  if (asks && !exists(what.workflow_id))
    return x.done(answer{});
  auto& group = groups_[of];
  commit(of,
         asks ? group.ask(next_number_++, what.workflow_id, what.generation,
                          what.limit)
              : group.give_back(what.workflow_id, what.generation),
         x.done);
}

void concurrency_limiter_state::take(envelope<try_slot>& x) {
  if (context->failed)
    return x.done(slots_detail::failed(*context));
  load();
  auto& what = x.request.what;
  group_key of(what.name, what.key);
  engine::slot_group::changes changes;
  if (groups_[of].try_ask(next_number_++, what.workflow_id, what.generation,
                          what.limit, changes))
    return commit(of, std::move(changes), x.done);
  forget_empty(of);
  x.done(failure{errc::too_many, "no slot is free"});
}

void concurrency_limiter_state::read(envelope<read_slots>& x) {
  load();
  auto holders = nlohmann::json::array();
  size_t before = 0;
  bool seen = false;
  if (auto it = groups_.find({x.request.name, x.request.key});
      it != groups_.end())
    for (auto& [number, claim] : it->second.claims()) {
      seen |= claim.workflow_id == x.request.workflow_id;
      if (!claim.held)
        before += seen ? 0 : 1;
      else if (holders.size() < slots_detail::holders_told)
        holders.push_back(claim.workflow_id);
    }
  x.done(document{to_text(
      nlohmann::json{{"holders", std::move(holders)}, {"position", before}})});
}

void concurrency_limiter_state::forget_empty(const group_key& of) {
  if (auto it = groups_.find(of); it != groups_.end() && it->second.empty())
    groups_.erase(it);
}

void concurrency_limiter_state::commit(const group_key& of,
                                       engine::slot_group::changes changes,
                                       const reply<answer>& done) {
  using namespace slots_detail;
  forget_empty(of);
  auto flying = std::make_shared<post_commit_effects>(context);
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
    outbox_message granted{
        x.now.workflow_id, slot_group_id(of.first, of.second),
        workflow_command{command::slot_granted{x.now.generation}}};
    auto record = storage::write(granted);
    if (!record)
      throw std::logic_error(record.failure().message);
    auto number = context->next_outbox_number++;
    what.operations.push_back(
        {operation::kind::put, keys::outbox(number), std::move(*record)});
    flying->deliver(
        {number, std::make_shared<const outbox_message>(std::move(granted))});
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

concurrency_limiter_actor::behavior_type concurrency_limiter(
    concurrency_limiter_actor::stateful_pointer<concurrency_limiter_state> self,
    shard_context_pointer context) {
  self->state.self = self;
  self->state.context = std::move(context);
  return {
      [self](envelope<accept_outbox_message>& x) { self->state.accept(x); },
      [self](envelope<try_slot>& x) { self->state.take(x); },
      [self](envelope<read_slots>& x) { self->state.read(x); },
      [self](const tick&) { self->state.load(); },
  };
}

} // namespace tutti
