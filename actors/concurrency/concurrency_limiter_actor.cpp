#include "actors/concurrency/concurrency_limiter_actor.hpp"

#include "actors/support/guarded.hpp"
#include "actors/support/reading.hpp"
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

constexpr std::chrono::seconds load_pause{1};
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

namespace slots_detail {

result<bool> exists(const storage::store& from, const std::string& id) {
  auto first = from.get(shard_of(id, from.shards()), keys::event(id, 1));
  if (!first)
    return std::move(first).failure();
  return first->has_value();
}

/// The same at the node of the execution. `heard` is called on any thread.
template <class Heard>
void ask_whether_exists(const actor_directory& to, const std::string& id,
                        Heard heard) {
  envelope<read_execution_head> ask;
  ask.request.workflow_id = id;
  ask.done = reply<execution_head>([heard](const result<execution_head>& x) {
    if (x || x.failure().code == errc::not_found)
      heard(bool(x));
    else
      heard(x.failure());
  });
  to.tell(id, std::move(ask));
}

result<stored_slots> read_slots_of(const storage::store& from, uint32_t shard) {
  stored_slots out;
  std::optional<failure> broken;
  auto first = keys::all_slots();
  auto visit = [&](std::string_view key, std::string_view record) {
    auto where = keys::read_slot(key);
    auto claim = storage::read_slot_claim(record);
    if (!where || !claim) {
      spdlog::error("shard {}: a slot of a rateLimitKey cannot be read", shard);
      return true;
    }
    auto known = claim->held ? exists(from, claim->workflow_id) : true;
    if (known)
      out.push_back({*std::move(where), *std::move(claim), !*known});
    else
      broken = std::move(known).failure();
    return !broken;
  };
  auto all = from.scan(shard, first, keys::after(first), visit);
  if (broken)
    return *broken;
  if (!all)
    return std::move(all).failure();
  return out;
}

} // namespace slots_detail

template <class Then>
void concurrency_limiter_state::when_loaded(Then then) {
  using namespace slots_detail;
  if (loaded_)
    return then(std::optional<failure>());
  auto work = [shard = context->shard](const storage::store& from) {
    return read_slots_of(from, shard);
  };
  read_first<stored_slots>(
      self, *context->readers, std::move(work),
      [this, then = std::move(then)](result<stored_slots> rows) mutable {
        if (!rows)
          return then(std::optional(std::move(rows).failure()));
        take_over(*std::move(rows));
        then(std::optional<failure>());
      });
}

void concurrency_limiter_state::load() {
  when_loaded([this](const std::optional<failure>& no) {
    if (!no)
      return look_for_holders();
    spdlog::warn("shard {}: slots cannot be read now: {}", context->shard,
                 no->message);
    self->delayed_send(self, slots_detail::load_pause, tick{});
  });
}

void concurrency_limiter_state::take_over(slots_detail::stored_slots rows) {
  loaded_ = true;
  std::vector<slots_detail::stored_slot*> lost;
  for (auto& x : rows) {
    next_number_ = std::max(next_number_, x.where.number + 1);
    auto& claim = x.claim;
    groups_[{x.where.name, x.where.key}].restore(
        x.where.number,
        {claim.workflow_id, claim.generation, claim.limit, claim.held});
    if (!x.lost)
      continue;
    if (context->directory->is_here(claim.workflow_id))
      lost.push_back(&x);
    else
      unsure_.push_back(
          {{x.where.name, x.where.key}, claim.workflow_id, claim.generation});
  }
  if (!unsure_.empty())
    self->delayed_send(self, slots_detail::load_pause, tick{});
  for (auto* x : lost) {
    group_key of(x->where.name, x->where.key);
    commit(of, groups_[of].give_back(x->claim.workflow_id, x->claim.generation),
           {});
  }
}

// One per message, so that requests are not kept waiting. A node that is away
// is asked again later.
void concurrency_limiter_state::look_for_holders() {
  if (unsure_.empty() || context->failed)
    return;
  auto one = std::move(unsure_.front());
  unsure_.pop_front();
  auto id = one.workflow_id;
  auto then = [this, one = std::move(one)](const result<bool>& found) {
    if (!found) {
      unsure_.push_back(one);
      self->delayed_send(self, slots_detail::load_pause, tick{});
      return;
    }
    if (!*found)
      commit(one.of, groups_[one.of].give_back(one.workflow_id, one.generation),
             {});
    self->send(self, tick{});
  };
  await_first<result<bool>>(
      self,
      [to = context->directory, id](auto heard) {
        slots_detail::ask_whether_exists(*to, id, std::move(heard));
      },
      std::move(then));
}

// Outbox messages come twice after a crash: the group knows what it has done.
// One that asks for an execution that was removed meanwhile would never give
// back.
void concurrency_limiter_state::accept(envelope<accept_outbox_message>& x) {
  if (context->failed)
    return x.done(slots_detail::failed(*context));
  when_loaded([this, x](const std::optional<failure>& no) {
    if (no)
      return x.done(*no);
    auto& what = std::get<slot_request>(x.request.what->what);
    if (what.what != slot_request::verb::ask)
      return decide(what, x.done);
    bool here = context->directory->is_here(what.workflow_id);
    // It was stored with this message, and what returns the slot comes after it
    // on the same link.
    if (!here && x.request.first_time)
      return decide(what, x.done);
    auto then = [this, x](const result<bool>& found) {
      if (!found)
        return x.done(found.failure());
      if (!*found)
        return x.done(answer{});
      decide(std::get<slot_request>(x.request.what->what), x.done);
    };
    // Who asked first is served first.
    if (!here)
      return await_first<result<bool>>(
          self,
          [to = context->directory, id = what.workflow_id](auto heard) {
            slots_detail::ask_whether_exists(*to, id, std::move(heard));
          },
          std::move(then));
    auto work = [id = what.workflow_id](const storage::store& from) {
      return slots_detail::exists(from, id);
    };
    read_first<bool>(self, *context->readers, std::move(work), std::move(then));
  });
}

void concurrency_limiter_state::decide(const slot_request& what,
                                       const reply<answer>& done) {
  group_key of(what.name, what.key);
  auto& group = groups_[of];
  bool asks = what.what == slot_request::verb::ask;
  commit(of,
         asks ? group.ask(next_number_++, what.workflow_id, what.generation,
                          what.limit)
              : group.give_back(what.workflow_id, what.generation),
         done);
}

void concurrency_limiter_state::take(envelope<try_slot>& x) {
  if (context->failed)
    return x.done(slots_detail::failed(*context));
  when_loaded([this, x](const std::optional<failure>& no) {
    if (no)
      return x.done(*no);
    auto& what = x.request.what;
    group_key of(what.name, what.key);
    engine::slot_group::changes changes;
    if (groups_[of].try_ask(next_number_++, what.workflow_id, what.generation,
                            what.limit, changes))
      return commit(of, std::move(changes), x.done);
    forget_empty(of);
    x.done(failure{errc::too_many, "no slot is free"});
  });
}

void concurrency_limiter_state::read(envelope<read_slots>& x) {
  when_loaded([this, x](const std::optional<failure>& no) {
    if (no)
      x.done(*no);
    else
      x.done(picture(x.request));
  });
}

document concurrency_limiter_state::picture(const read_slots& x) const {
  auto holders = nlohmann::json::array();
  size_t before = 0;
  bool seen = false;
  if (auto it = groups_.find({x.name, x.key}); it != groups_.end())
    for (auto& [number, claim] : it->second.claims()) {
      seen |= claim.workflow_id == x.workflow_id;
      if (!claim.held)
        before += seen ? 0 : 1;
      else if (holders.size() < slots_detail::holders_told)
        holders.push_back(claim.workflow_id);
    }
  return document{to_text(
      nlohmann::json{{"holders", std::move(holders)}, {"position", before}})};
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
  auto in_flight = std::make_shared<post_commit_effects>(context);
  if (done)
    in_flight->answer_with(done, answer{});
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
    in_flight->deliver(
        {number, std::make_shared<const outbox_message>(std::move(granted))});
  }
  // Also without operations: the answer must not overtake earlier commits.
  context->store->submit(
      std::move(what), [in_flight, in = context](const storage::outcome& how) {
        if (how == storage::outcome::ok)
          return in_flight->mark_durable();
        in->fail(how);
      });
}

concurrency_limiter_actor::behavior_type concurrency_limiter(
    concurrency_limiter_actor::stateful_pointer<concurrency_limiter_state> self,
    shard_context_pointer context) {
  self->state.self = self;
  self->state.context = std::move(context);
  return guarded<concurrency_limiter_actor::behavior_type>(
      self, "concurrency limiter",
      [self](envelope<accept_outbox_message>& x) { self->state.accept(x); },
      [self](envelope<try_slot>& x) { self->state.take(x); },
      [self](envelope<read_slots>& x) { self->state.read(x); },
      [self](const tick&) { self->state.load(); });
}

} // namespace tutti
