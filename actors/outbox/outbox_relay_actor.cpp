#include "actors/outbox/outbox_relay_actor.hpp"

#include "actors/support/guarded.hpp"
#include "actors/support/reading.hpp"
#include "storage/keys.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <spdlog/spdlog.h>

namespace tutti {

namespace outbox_relay_detail {

constexpr std::chrono::seconds fill_pause{1};

/// The receiver will never accept it.
bool is_final(const failure& x) {
  return x.code != errc::unavailable && x.code != errc::internal;
}

/// Answers a parent whose child cannot be revived, because it is gone: the
/// parent waits for it.
std::shared_ptr<const outbox_message>
answer_to_refused(const outbox_message& refused, const failure& why) {
  auto* command = std::get_if<workflow_command>(&refused.what);
  auto* retry = command ? std::get_if<command::retry>(command) : nullptr;
  if (!retry || !retry->by_parent || retry->task_id.empty())
    return nullptr;
  command::child_ended end;
  end.task_id = retry->task_id;
  end.child_id = refused.to;
  end.status = workflow_status::terminated;
  end.reason = why.message;
  return std::make_shared<const outbox_message>(outbox_message{
      refused.from, refused.to, workflow_command{std::move(end)}});
}

void hand_over(const std::shared_ptr<const actor_directory>& to,
               const std::shared_ptr<outbox_relay_desk>& desk,
               const outbox_relay_actor& me, const stored_outbox_message& x,
               bool first_time) {
  envelope<accept_outbox_message> out;
  out.request.what = x.what;
  out.request.first_time = first_time;
  out.done = reply<answer>(
      [=, number = x.number, what = x.what](result<answer> how) {
        bool retry = !how && !is_final(how.failure());
        if (!how && !retry) {
          // Messages to a removed receiver are not needed any more.
          bool gone = how.failure().code == errc::not_found;
          spdlog::log(gone ? spdlog::level::debug : spdlog::level::warn,
                      "an outbox message from {} to {} was refused: {}",
                      what->from, what->to, how.failure().message);
          if (auto instead = answer_to_refused(*what, how.failure()))
            return hand_over(to, desk, me, {number, std::move(instead)}, false);
        }
        if (retry ? desk->failed(number) : desk->arrived(number))
          caf::anon_send(me, tick{});
      });
  to->tell_addressee(std::move(out));
}

/// Only its acknowledgement ends a message to another system.
void give_to_sink(const shard_context& context,
                  const std::shared_ptr<outbox_relay_desk>& desk,
                  const outbox_relay_actor& me,
                  const stored_outbox_message& x) {
  reply<done> acknowledged([desk, me, number = x.number, what = x.what,
                            figures = context.sink_figures](result<done> how) {
    if (!how)
      spdlog::debug("a message of {} to {} was not taken: {}", what->from,
                    what->to, how.failure().message);
    if (figures)
      ++(how ? figures->acknowledged : figures->failed);
    if (how ? desk->arrived(number) : desk->failed(number))
      caf::anon_send(me, tick{});
  });
  auto* told = std::get_if<external_message>(&x.what->what);
  if (!context.sinks || !told)
    return acknowledged(
        failure{errc::unavailable, x.what->to + " is not configured"});
  try {
    context.sinks->publish(*told, acknowledged);
  } catch (const std::exception& trouble) {
    spdlog::error("the sink of {} failed: {}", x.what->to, trouble.what());
    acknowledged(failure{errc::internal, trouble.what()});
  }
}

} // namespace outbox_relay_detail

template <class F>
bool outbox_relay_desk::tell(F&& f) {
  std::lock_guard guard{mutex_};
  f(waiting_);
  return !std::exchange(told_, true);
}

bool outbox_relay_desk::arrived(uint64_t number) {
  return tell([&](report& x) { x.arrived.push_back(number); });
}

bool outbox_relay_desk::failed(uint64_t number) {
  return tell([&](report& x) { x.failed.push_back(number); });
}

bool outbox_relay_desk::deleted(std::vector<uint64_t> numbers) {
  return tell([&](report& x) { x.deleted = std::move(numbers); });
}

outbox_relay_desk::report outbox_relay_desk::take() {
  std::lock_guard guard{mutex_};
  told_ = false;
  return std::exchange(waiting_, {});
}

outbox_relay_state::instant outbox_relay_state::now() const {
  return self->clock().now();
}

const outbox_rows& outbox_relay_state::rows() const {
  return to_ == outbox_addressee::systems ? outbox_rows::to_systems
                                          : outbox_rows::to_executions;
}

void outbox_relay_state::open(shard_context_pointer x, outbox_addressee to) {
  context = std::move(x);
  to_ = to;
  auto& settings = context->settings;
  if (to == outbox_addressee::systems)
    outbox_.emplace(settings.sink_credit, settings.sink_bytes);
  else
    outbox_.emplace(settings.outbox_credit, settings.outbox_bytes);
  desk_ = std::make_shared<outbox_relay_desk>();
}

// Before the first read messages stay in the store, after older ones.
void outbox_relay_state::deliver(deliver_outbox_messages& x) {
  if (!begun_)
    return;
  for (auto& outbox_message : x.outbox_messages)
    outbox_->add(std::move(outbox_message));
  send_outbox_messages();
}

void outbox_relay_state::look() {
  self_timer_.looked(self);
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
  if (!begun_ || outbox_->must_fill())
    return fill();
  send_next();
}

void outbox_relay_state::send_next() {
  delete_rows();
  send_outbox_messages();
  finish_drain();
}

void outbox_relay_state::fill() {
  if (now() < fill_again_) {
    self_timer_.set(self, fill_again_);
    return send_next();
  }
  auto work = [shard = context->shard, most = outbox_->next_page(),
               which = &rows()](const storage::store& from) {
    return outbox::read(from, shard, most, *which);
  };
  auto then = [this](result<outbox::page> page) {
    if (page) {
      for (auto number : page->damaged)
        spdlog::error("shard {}: outbox message {} cannot be read and stays",
                      context->shard, number);
      begun_ = true;
      outbox_->fill(std::move(*page));
    } else {
      spdlog::warn("shard {}: outbox messages cannot be read now: {}",
                   context->shard, page.failure().message);
      fill_again_ = now() + outbox_relay_detail::fill_pause;
      self_timer_.set(self, fill_again_);
    }
    send_next();
  };
  // New messages wait in the mailbox until the page is read.
  read_first<outbox::page>(self, *context->readers, std::move(work),
                           std::move(then));
}

void outbox_relay_state::send_outbox_messages() {
  if (draining_)
    return;
  for (auto& outbox_message : outbox_->take(now()))
    send_outbox_message(outbox_message);
  self_timer_.set(self, outbox_->next());
  count();
}

void outbox_relay_state::send_outbox_message(const outbox::departure& x) {
  auto me = caf::actor_cast<outbox_relay_actor>(self);
  if (to_ == outbox_addressee::systems)
    outbox_relay_detail::give_to_sink(*context, desk_, me, x.what);
  else
    outbox_relay_detail::hand_over(context->directory, desk_, me, x.what,
                                   x.first_time);
}

void outbox_relay_state::count() {
  if (to_ != outbox_addressee::systems || !context->sink_figures)
    return;
  auto now = outbox_->travelling();
  context->sink_figures->in_flight += int64_t(now) - int64_t(counted_);
  counted_ = now;
}

outbox_relay_state::~outbox_relay_state() {
  if (context && context->sink_figures)
    context->sink_figures->in_flight -= int64_t(counted_);
}

// One erasure at a time: numbers that arrive meanwhile are in the next one.
void outbox_relay_state::delete_rows() {
  if (deleting_)
    return;
  auto numbers = outbox_->take_arrived();
  if (numbers.empty())
    return;
  deleting_ = true;
  storage::commit what{context->shard, context->epoch, {}};
  for (auto number : numbers)
    what.operations.push_back(
        {storage::operation::kind::erase, rows().key(number), {}});
  auto me = caf::actor_cast<outbox_relay_actor>(self);
  context->store->submit(std::move(what),
                         [me, desk = desk_, numbers = std::move(numbers)](
                             storage::outcome) mutable {
                           if (desk->deleted(std::move(numbers)))
                             caf::anon_send(me, tick{});
                         });
}

void outbox_relay_state::stop(drain& x) {
  draining_ = true;
  drained_.push_back(std::move(x.finished));
  finish_drain();
}

void outbox_relay_state::finish_drain() {
  if (!draining_ || outbox_->travelling() > 0 || deleting_)
    return;
  for (auto& finished : std::exchange(drained_, {}))
    finished(done{});
}

outbox_relay_actor::behavior_type
outbox_relay(outbox_relay_actor::stateful_pointer<outbox_relay_state> self,
             shard_context_pointer context, outbox_addressee to) {
  self->state.open(std::move(context), to);
  return guarded<outbox_relay_actor::behavior_type>(
      self, "outbox relay",
      [self](deliver_outbox_messages& x) { self->state.deliver(x); },
      [self](const tick&) { self->state.look(); },
      [self](drain& x) { self->state.stop(x); });
}

} // namespace tutti
