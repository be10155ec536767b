#include "actors/waits/waits_actor.hpp"

#include "actors/support/guarded.hpp"
#include "messages/requests/request_bounds.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>

namespace tutti {

namespace waits_detail {

using std::chrono::milliseconds;

failure over(const bound& which, errc code, uint64_t value, uint64_t most) {
  return {code, sentence_of(which, value, most)};
}

} // namespace waits_detail

std::vector<metric> waits_figures::metrics() const {
  using ending = client_wait::ending;
  auto count = [this](ending how, const char* name) {
    return metric::sample{{{"how", name}}, double(ended[size_t(how)].load())};
  };
  return {{"tutti_execution_waits",
           "Clients that wait for an execution",
           metric::kind::gauge,
           {{{}, double(waiting.load())}}},
          {"tutti_execution_waits_ended_total",
           "Waits for an execution that have ended",
           metric::kind::counter,
           {count(ending::told, "told"), count(ending::timed_out, "timed_out"),
            count(ending::failed, "failed"), count(ending::left, "left")}}};
}

waits_state::instant waits_state::now() const { return self->clock().now(); }

std::optional<failure> waits_state::refusal(const wait_options& how) const {
  using namespace waits_detail;
  auto& most = context->settings;
  if (stopping_)
    return failure{errc::unavailable, "the node is stopping"};
  const bound* reached = nullptr;
  std::optional<failure> why;
  if (how.references.size() > most.references_max) {
    reached = &bounds::wait_references;
    why = over(*reached, errc::invalid, how.references.size(),
               most.references_max);
  } else if (milliseconds(how.wait_ms) > most.wait_max) {
    reached = &bounds::wait_time;
    why = over(*reached, errc::invalid, uint64_t(how.wait_ms / 1000),
               uint64_t(most.wait_max.count() / 1000));
  } else if (waits_.size() >= most.clients_max) {
    reached = &bounds::waits;
    why = over(*reached, errc::too_many, waits_.size() + 1, most.clients_max);
  }
  if (reached && context->gateway->metrics)
    context->gateway->metrics->limit_reached(*reached);
  return why;
}

waits_state::entry* waits_state::begin(const wait_options& how,
                                       request_context from,
                                       const reply<waited>& done,
                                       bool has_deadline) {
  if (auto why = refusal(how)) {
    done(std::move(*why));
    return nullptr;
  }
  auto number = ++last_number_;
  auto me = caf::actor_cast<waits_actor>(self);
  client_wait::surroundings in;
  in.context = context;
  in.post = [me, number](wait_event x) {
    caf::anon_send(
        me, wait_step{number, std::make_shared<wait_event>(std::move(x))});
  };
  in.next_watch_id = [this] { return ++last_watch_; };
  entry x{
      client_wait(std::move(in), how, std::move(from), done), how.wait_id, {}};
  if (has_deadline) {
    x.deadline = now() + waits_detail::milliseconds(how.wait_ms);
    deadlines_.emplace(x.deadline, number);
  }
  if (x.client != 0)
    by_client_[x.client] = number;
  auto& out = waits_.emplace(number, std::move(x)).first->second;
  context->figures->waiting = waits_.size();
  arm();
  return &out;
}

void waits_state::execute(envelope<execute_workflow>& x) {
  if (auto* mine = begin(x.request.wait, x.context, x.done, true)) {
    mine->wait.execute(std::move(x.request.what));
    sweep(last_number_);
  }
}

void waits_state::call(envelope<call_and_wait>& x) {
  if (auto* mine = begin(x.request.wait, x.context, x.done, true)) {
    mine->wait.call(std::move(x.request.workflow_id),
                    std::move(x.request.what));
    sweep(last_number_);
  }
}

void waits_state::signal(envelope<signal_workflow>& x) {
  if (auto* mine = begin(x.request.wait, x.context, x.done, x.request.waits)) {
    mine->wait.signal(std::move(x.request.workflow_id),
                      std::move(x.request.what), x.request.waits);
    sweep(last_number_);
  }
}

void waits_state::cancel(const envelope<cancel_wait>& x) {
  auto found = by_client_.find(x.request.wait_id);
  if (found != by_client_.end()) {
    auto number = found->second;
    waits_.at(number).wait.leave();
    sweep(number);
  }
  x.done(done{});
}

void waits_state::on(wait_step& x) {
  auto it = waits_.find(x.wait);
  if (it == waits_.end())
    return;
  it->second.wait.on(*x.what);
  sweep(x.wait);
}

// The watches of several nodes meet at an execution.
void waits_state::begin_watch_ids() {
  if (auto& ids = context->gateway->ids)
    last_watch_ = ids->random(UINT64_MAX / 2);
}

void waits_state::expire() {
  auto until = now();
  if (armed_ && until < *armed_)
    return; // an earlier deadline is gone
  armed_.reset();
  while (!deadlines_.empty() && deadlines_.begin()->first <= until) {
    auto number = deadlines_.begin()->second;
    deadlines_.erase(deadlines_.begin());
    waits_.at(number).deadline = {};
    waits_.at(number).wait.expire();
    sweep(number);
  }
  arm();
}

void waits_state::sweep(uint64_t number) {
  auto it = waits_.find(number);
  if (it == waits_.end())
    return;
  auto& x = it->second;
  auto how = x.wait.how_ended();
  if (how == client_wait::ending::none)
    return;
  auto& to = *context->figures;
  ++to.ended[size_t(how)];
  if (x.deadline != instant{})
    deadlines_.erase({x.deadline, number});
  if (auto mine = by_client_.find(x.client);
      mine != by_client_.end() && mine->second == number)
    by_client_.erase(mine);
  waits_.erase(it);
  to.waiting = waits_.size();
}

void waits_state::arm() {
  if (deadlines_.empty())
    return;
  auto next = deadlines_.begin()->first;
  if (armed_ && *armed_ <= next)
    return;
  armed_ = next;
  using namespace std::chrono;
  // Rounded up: an early tick would find nothing.
  auto wait = ceil<milliseconds>(next - now());
  self->delayed_send(self, std::max(wait, milliseconds(0)), tick{});
}

// Nobody waits any longer: what a client was not told it asks again.
void waits_state::stop(drain& x) {
  stopping_ = true;
  for (auto& [number, one] : waits_)
    one.wait.fail({errc::unavailable, "the node is stopping"});
  waits_.clear();
  by_client_.clear();
  deadlines_.clear();
  context->figures->waiting = 0;
  x.finished(done{});
}

waits_actor::behavior_type
waits(waits_actor::stateful_pointer<waits_state> self,
      waits_context_pointer context) {
  self->state.context = std::move(context);
  self->state.begin_watch_ids();
  return guarded<waits_actor::behavior_type>(
      self, "waits",
      [self](envelope<execute_workflow>& x) { self->state.execute(x); },
      [self](envelope<call_and_wait>& x) { self->state.call(x); },
      [self](envelope<signal_workflow>& x) { self->state.signal(x); },
      [self](const envelope<cancel_wait>& x) { self->state.cancel(x); },
      [self](wait_step& x) { self->state.on(x); },
      [self](const tick&) { self->state.expire(); },
      [self](drain& x) { self->state.stop(x); });
}

} // namespace tutti
