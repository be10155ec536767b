#include "actors/support/reading.hpp"
#include "actors/workflow/workflow_actor.hpp"
#include "storage/keys.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <stdexcept>

// How an execution comes from the store into memory. A heavy one waits for
// memory first, and leaves a mark in the store while it is woken.

namespace tutti {

namespace waking_detail {

/// After a wait for memory that was in vain.
constexpr std::chrono::seconds no_memory_pause{1};

void refuse(const held_message& x, const failure& why) {
  std::visit([&](auto& m) { m.done(why); }, x);
}

/// Whoever sent it sends it again until it is accepted.
bool comes_again(const held_message& x) {
  auto* call = std::get_if<envelope<call_workflow>>(&x);
  return std::holds_alternative<envelope<accept_outbox_message>>(x)
         || (call
             && std::holds_alternative<command::timer_fired>(
                 call->request.what));
}

/// What a sleeping execution is rebuilt from, made by a reader.
struct stored_copy {
  explicit stored_copy(const workflow_setup& of) : rows(of.context, of.id) {}

  stored_execution rows;
  engine::state execution;
  memory_hold memory;
};

} // namespace waking_detail

failure lack_of_memory(bool by_itself) {
  return {by_itself ? errc::unavailable : errc::too_many,
          memory_shortage().what()};
}

void workflow_state::wake() {
  if (!stored_)
    stored_.emplace(setup.context, setup.id);
  next_ = std::make_shared<post_commit_effects>(setup.context);
  awake_ = true;
}

// If the store cannot be read now, nothing changes: the asker gets a failure,
// and the next message reads again. An unreadable row is a crash: the scheduler
// parks the execution when it repeats.
void workflow_state::wake_for(held_message first, memory_hold memory) {
  using waking_detail::stored_copy;
  auto given = std::make_shared<memory_hold>(std::move(memory));
  auto work =
      [setup = setup, given](
          const storage::store& from) -> result<std::shared_ptr<stored_copy>> {
    auto out = std::make_shared<stored_copy>(setup);
    out->memory = std::move(*given);
    auto found = out->rows.load(from, out->execution, out->memory);
    if (!found)
      return std::move(found).failure();
    return out;
  };
  auto then = [this, first = std::move(first)](
                  result<std::shared_ptr<stored_copy>> found) mutable {
    if (!found) {
      waking_detail::refuse(first, found.failure());
      if (found.failure().code != errc::unavailable)
        throw std::runtime_error(found.failure().message);
      return handle_held();
    }
    if (auto wanted = (*found)->rows.memory_wanted(); wanted > 0) {
      auto mark = (*found)->rows.mark();
      found = failure{};
      return wake_in_turn(std::move(first), wanted, mark);
    }
    stored_.emplace(std::move((*found)->rows));
    execution_ = std::move((*found)->execution);
    memory_ = std::move((*found)->memory);
    bool exists = execution_.exists();
    setup.shared_status->mark_ended(!exists
                                    || is_terminal(execution_.head().status));
    hold_memory();
    wake();
    receive(std::move(first));
    unmark_waking();
    handle_held();
    if (!execution_.exists())
      self->send(setup.home, slept{setup.id, false, false});
  };
  read_first<std::shared_ptr<stored_copy>>(self, *setup.context->readers,
                                           std::move(work), std::move(then));
}

void workflow_state::wake_in_turn(held_message first, size_t bytes,
                                  waking_mark found) {
  using namespace waking_detail;
  if (found.epoch != setup.context->epoch
      && found.count >= setup.context->settings.crash_limit) {
    auto why = "the node ended " + std::to_string(found.count)
               + " times while it woke it";
    refuse(first, {errc::unavailable, why});
    setup.shared_status->blame_for_process();
    throw std::runtime_error(why);
  }
  auto& account = memory_account::of_process();
  auto now = self->clock().now();
  auto wait = setup.context->settings.memory_wait;
  auto no = [this](const held_message& x) {
    refuse(x, lack_of_memory(comes_again(x)));
    handle_held();
  };
  if (now < no_memory_until_ || wait.count() == 0)
    return no(first);
  auto wanted = std::min(bytes, waking_bytes_max());
  await_first<std::optional<memory_hold>>(
      self,
      [&](auto granted) {
        account.wait(memory_use::executions, wanted, now + wait,
                     std::move(granted));
      },
      [this, no, found,
       first = std::move(first)](std::optional<memory_hold> memory) mutable {
        if (memory)
          return mark_waking(std::move(first), std::move(*memory), found);
        no_memory_until_ = self->clock().now() + waking_detail::no_memory_pause;
        no(first);
      });
}

void workflow_state::mark_waking(held_message first, memory_hold memory,
                                 waking_mark mark) {
  auto& context = *setup.context;
  if (mark.epoch != context.epoch)
    mark = {mark.count + 1, context.epoch};
  storage::commit row{context.shard,
                      context.epoch,
                      {{storage::operation::kind::put,
                        storage::keys::waking(setup.id), write(mark)}}};
  auto held = std::make_shared<memory_hold>(std::move(memory));
  await_first<storage::outcome>(
      self,
      [&](auto written) {
        context.store->submit(std::move(row), std::move(written));
      },
      [this, held, first = std::move(first)](storage::outcome how) mutable {
        if (how != storage::outcome::ok) {
          setup.context->fail(how);
          waking_detail::refuse(
              first, {errc::unavailable, setup.context->why_failed()});
          return handle_held();
        }
        marked_ = true;
        wake_for(std::move(first), std::move(*held));
      });
}

void workflow_state::unmark_waking() {
  if (!std::exchange(marked_, false))
    return;
  auto& context = *setup.context;
  context.store->submit({context.shard,
                         context.epoch,
                         {{storage::operation::kind::erase,
                           storage::keys::waking(setup.id),
                           {}}}},
                        [in = setup.context](const storage::outcome& how) {
                          if (how != storage::outcome::ok)
                            in->fail(how);
                        });
}

void workflow_state::hold_memory() {
  auto bytes = execution_.bytes();
  bool heavy = bytes >= heavy_execution_bytes;
  if (!heavy && memory_.bytes() == 0)
    return;
  if (memory_.bytes() == 0)
    memory_ = memory_account::of_process().count(memory_use::executions, bytes);
  memory_.resize(heavy ? bytes : 0);
  setup.shared_status->mark_heavy(heavy);
}

} // namespace tutti
