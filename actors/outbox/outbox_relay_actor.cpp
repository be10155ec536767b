#include "actors/outbox/outbox_relay_actor.hpp"

#include "storage/keys.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <spdlog/spdlog.h>

namespace tutti {

namespace courier_detail {

/// The addressee will never take it, however often it comes.
bool is_final(const failure& x) {
  return x.code != errc::unavailable && x.code != errc::internal;
}

/// A parent waits for a child that it told to go on, and that is gone.
std::shared_ptr<const letter> answer_to_refused(const letter& refused,
                                                const failure& why) {
  auto* command = std::get_if<workflow_command>(&refused.what);
  auto* retry = command ? std::get_if<command::retry>(command) : nullptr;
  if (!retry || !retry->by_parent || retry->task_id.empty())
    return nullptr;
  command::child_ended end;
  end.task_id = retry->task_id;
  end.child_id = refused.to;
  end.status = workflow_status::terminated;
  end.reason = why.message;
  return std::make_shared<const letter>(
      letter{refused.from, refused.to, workflow_command{std::move(end)}});
}

void hand_over(const std::shared_ptr<const actor_directory>& to,
               const std::shared_ptr<courier_desk>& desk,
               const courier_actor& me, const stored_letter& x) {
  accept_letter out;
  out.what = x.what;
  out.done = reply<answer>(
      [=, number = x.number, what = x.what](result<answer> how) {
        bool retry = !how && !is_final(how.failure());
        if (!how && !retry) {
          // An addressee that was removed needs no letters any more.
          bool gone = how.failure().code == errc::not_found;
          spdlog::log(gone ? spdlog::level::debug : spdlog::level::warn,
                      "a letter from {} to {} was refused: {}", what->from,
                      what->to, how.failure().message);
          if (auto instead = answer_to_refused(*what, how.failure()))
            return hand_over(to, desk, me, {number, std::move(instead)});
        }
        if (retry ? desk->failed(number) : desk->arrived(number))
          caf::anon_send(me, tick{});
      });
  to->tell_addressee(std::move(out));
}

} // namespace courier_detail

template <class F>
bool courier_desk::tell(F&& f) {
  std::lock_guard guard{mutex_};
  f(waiting_);
  return !std::exchange(told_, true);
}

bool courier_desk::arrived(uint64_t number) {
  return tell([&](report& x) { x.arrived.push_back(number); });
}

bool courier_desk::failed(uint64_t number) {
  return tell([&](report& x) { x.failed.push_back(number); });
}

bool courier_desk::deleted(std::vector<uint64_t> numbers) {
  return tell([&](report& x) { x.deleted = std::move(numbers); });
}

courier_desk::report courier_desk::take() {
  std::lock_guard guard{mutex_};
  told_ = false;
  return std::exchange(waiting_, {});
}

courier_state::instant courier_state::now() const {
  return self->clock().now();
}

void courier_state::open(shard_context_pointer x) {
  context = std::move(x);
  outbox_.emplace(context->settings.courier_credit);
  desk_ = std::make_shared<courier_desk>();
}

void courier_state::deliver(deliver_letters& x) {
  for (auto& letter : x.letters)
    outbox_->add(std::move(letter));
  send_letters();
}

void courier_state::look() {
  alarm_.looked(self);
  auto news = desk_->take();
  for (auto number : news.arrived)
    outbox_->arrived(number);
  for (auto number : news.failed)
    outbox_->failed(number, now());
  if (!news.deleted.empty()) {
    outbox_->deleted(news.deleted);
    deleting_ = false;
  }
  if (context->failed)
    return;
  if (!std::exchange(begun_, true) || outbox_->must_fill())
    for (auto number : outbox_->fill(*context->store, context->shard))
      spdlog::error("shard {}: letter {} cannot be read and stays",
                    context->shard, number);
  delete_rows();
  send_letters();
  finish_drain();
}

void courier_state::send_letters() {
  if (draining_)
    return;
  for (auto& letter : outbox_->take(now()))
    send_letter(letter);
  alarm_.set(self, outbox_->next());
}

void courier_state::send_letter(const stored_letter& x) {
  courier_detail::hand_over(context->directory, desk_,
                            caf::actor_cast<courier_actor>(self), x);
}

// One deletion at a time: what arrives meanwhile goes with the next one.
void courier_state::delete_rows() {
  if (deleting_)
    return;
  auto numbers = outbox_->take_arrived();
  if (numbers.empty())
    return;
  deleting_ = true;
  storage::commit what{context->shard, context->epoch, {}};
  for (auto number : numbers)
    what.operations.push_back(
        {storage::operation::kind::erase, storage::keys::outbox(number), {}});
  auto me = caf::actor_cast<courier_actor>(self);
  context->store->submit(std::move(what),
                         [me, desk = desk_, numbers = std::move(numbers)](
                             storage::outcome) mutable {
                           if (desk->deleted(std::move(numbers)))
                             caf::anon_send(me, tick{});
                         });
}

void courier_state::stop(drain& x) {
  draining_ = true;
  drained_.push_back(std::move(x.finished));
  finish_drain();
}

void courier_state::finish_drain() {
  if (!draining_ || outbox_->travelling() > 0 || deleting_)
    return;
  for (auto& finished : std::exchange(drained_, {}))
    finished(done{});
}

courier_actor::behavior_type
courier(courier_actor::stateful_pointer<courier_state> self,
        shard_context_pointer context) {
  self->state.open(std::move(context));
  return {
      [self](deliver_letters& x) { self->state.deliver(x); },
      [self](const tick&) { self->state.look(); },
      [self](drain& x) { self->state.stop(x); },
  };
}

} // namespace tutti
