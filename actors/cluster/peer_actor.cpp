#include "actors/cluster/peer_actor.hpp"

#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>

namespace tutti {

namespace peer_actor_detail {

using std::chrono::milliseconds;

/// Deadlines are looked at this often.
constexpr milliseconds look_pause{100};
/// Credit is given back in lumps of this part of all.
constexpr uint64_t credit_part = 8;

int64_t now_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch())
      .count();
}

/// The bytes of a failure are the same for every request.
std::string failure_bytes(failure why) {
  return wire::to_bytes_of_response<end_watch>(std::move(why));
}

template <class T, class... Others>
constexpr bool one_of = (std::same_as<T, Others> || ...);

/// They change nothing.
template <class T>
constexpr bool only_reads
    = one_of<T, read_execution, read_history, explain_workflow,
             verify_execution, list_executions, read_task_logs,
             read_queue_sizes, read_queue_size, list_queues, describe_queues,
             read_poll_data, peek_event_queue, read_job, list_jobs,
             read_job_errors, read_retention, list_archived, read_definitions,
             read_schedule, list_schedules, search_firings, search_index,
             summarize_executions, read_index_status, list_incidents,
             locate_in_queue, read_slots, read_execution_head, watch_execution>;

} // namespace peer_actor_detail

using namespace peer_actor_detail;

std::string what_is_certain(const wire::any_request& x) {
  return std::visit(
      [](auto& what) -> std::string {
        using request = std::decay_t<decltype(what)>;
        if constexpr (only_reads<request>)
          return "nothing was changed; ask again";
        else if constexpr (std::same_as<request, poll_tasks>)
          return "a task that was handed out is offered again after its "
                 "response timeout";
        else if constexpr (std::same_as<request, call_workflow>)
          return std::holds_alternative<command::start>(what.what)
                     ? "the execution may have been started; a start with an "
                       "idempotency key can be repeated"
                     : "it may have been done; repeating it is safe, because "
                       "what was done is not done again";
        else
          return "it may have been done; repeating it is safe";
      },
      x);
}

peer_report peer_figures::get() {
  std::lock_guard guard{mutex};
  auto out = shown;
  out.bytes_sent = bytes_sent + (link ? link->sent() : 0);
  out.bytes_received = bytes_received + (link ? link->received() : 0);
  out.round_trip_us = link ? link->round_trip_us() : -1;
  return out;
}

peer_state::instant peer_state::now() const { return instant::clock::now(); }

peer_state::~peer_state() { fail_all("this node is stopping"); }

void peer_state::open(std::shared_ptr<const peer_context> x) {
  context_ = std::move(x);
  if (context_->dials) {
    dial_at_ = now();
    tick();
  }
}

// Sending

bool peer_state::has_room(uint64_t bytes) const {
  auto& with = link_->with();
  return used_requests_ < with.requests_max
         && (used_bytes_ == 0 || used_bytes_ + bytes <= with.bytes_max);
}

void peer_state::send(const peer_letter_pointer& x) {
  auto& name = context_->node.name;
  if (!link_)
    return x->fail({errc::unavailable, "node '" + name
                                           + "' cannot be reached now ("
                                           + why_not_ + "): nothing was done"});
  auto content = wire::to_bytes(x->request, x->context);
  auto bytes = content.size();
  if (bytes > link_->with().message_bytes_max)
    return x->fail({errc::too_large,
                    "the request for node '" + name + "' has "
                        + std::to_string(bytes) + " bytes, and "
                        + std::to_string(link_->with().message_bytes_max)
                        + " may go between nodes (cluster.message_mib_max)"});
  if (!has_room(bytes)) {
    context_->figures->set([](peer_report& to) { ++to.refused; });
    return x->fail({errc::unavailable,
                    "too much is under way to node '" + name
                        + "' (cluster.requests_max, cluster.in_flight_mib_max)"
                          ": nothing was done, try again"});
  }
  auto within = x->within.count() > 0 ? x->within : context_->how.request_time;
  peer::Frame frame;
  auto& request = *frame.mutable_request();
  request.set_to(uint32_t(x->to));
  request.set_shard(x->shard);
  request.set_map_epoch(x->map_epoch);
  request.set_within_ms(uint32_t(within.count()));
  request.set_content(std::move(content));
  if (x->answered) {
    request.set_id(++last_id_);
    auto deadline = deadlines_.emplace(now() + within, last_id_);
    waiting_.emplace(last_id_, waiting{x, bytes, deadline});
  }
  ++used_requests_;
  used_bytes_ += bytes;
  link_->send(frame);
  context_->figures->set([this](peer_report& to) {
    ++to.requests_sent;
    to.in_flight = used_requests_;
    to.in_flight_bytes = used_bytes_;
  });
  arm();
}

std::optional<peer_state::waiting> peer_state::take(uint64_t id) {
  auto i = waiting_.find(id);
  if (i == waiting_.end())
    return std::nullopt;
  auto out = std::move(i->second);
  waiting_.erase(i);
  if (out.deadline != deadlines_.end())
    deadlines_.erase(out.deadline);
  return out;
}

// Also when it comes too late for its asker: the peer counts it until then.
void peer_state::answered(const peer::Answer& x) {
  auto of = take(x.id());
  if (!of)
    return;
  used_requests_ -= std::min<uint64_t>(used_requests_, 1);
  used_bytes_ -= std::min(used_bytes_, of->bytes);
  show();
  auto& letter = of->letter;
  if (!letter->answered)
    return;
  if (!x.not_owner()) {
    if (auto told = std::exchange(letter->answered, nullptr))
      told(std::string_view(x.content()));
    return;
  }
  if (letter->sent_again)
    return letter->fail(
        {errc::unavailable, "shard " + std::to_string(letter->shard)
                                + " is on its way to another node: nothing was "
                                  "done, try again"});
  letter->sent_again = true;
  letter->map_epoch = std::max<uint64_t>(letter->map_epoch, x.map_epoch());
  context_->send_again(letter);
}

void peer_state::credited(const peer::Credit& x) {
  used_requests_ -= std::min<uint64_t>(used_requests_, x.requests());
  used_bytes_ -= std::min<uint64_t>(used_bytes_, x.bytes());
  show();
}

void peer_state::show() const {
  context_->figures->set([this](peer_report& to) {
    to.in_flight = used_requests_;
    to.in_flight_bytes = used_bytes_;
  });
}

// Serving

void peer_state::serve(peer::Request& x) {
  auto& how = context_->how;
  auto bytes = uint64_t(x.content().size());
  auto requests = ++link_->served_requests;
  auto all = link_->served_bytes += bytes;
  if (requests > how.requests_max || (all > how.bytes_max && all > bytes)
      || x.to() > 2)
    return link_->close("it sent more than it was granted");
  context_->figures->set([](peer_report& to) { ++to.requests_received; });
  peer_request out;
  out.from = context_->node.name;
  out.to = addressee(x.to());
  out.shard = x.shard();
  if (x.id() != 0) {
    auto done = [over = std::weak_ptr(link_), id = x.id(), bytes,
                 output_max = how.bytes_max,
                 most = link_->with().message_bytes_max](
                    std::string content, std::optional<uint64_t> epoch) {
      auto link = over.lock();
      if (!link)
        return;
      --link->served_requests;
      link->served_bytes -= bytes;
      peer::Frame frame;
      auto& answer = *frame.mutable_answer();
      answer.set_id(id);
      if (epoch) {
        answer.set_not_owner(true);
        answer.set_map_epoch(*epoch);
      } else if (content.size() > most) {
        content = failure_bytes(
            {errc::too_large,
             "the answer has " + std::to_string(content.size()) + " bytes, and "
                 + std::to_string(most)
                 + " may go between nodes (cluster.message_mib_max)"});
      } else if (link->queued() + content.size() > output_max
                 && link->queued() > 0) {
        content = failure_bytes(
            {errc::unavailable,
             "the answer was dropped, because the other node reads too slowly "
             "(cluster.in_flight_mib_max); repeating the request is safe"});
      }
      answer.set_content(std::move(content));
      link->send(frame);
    };
    out.answer = [done](std::string content) {
      done(std::move(content), std::nullopt);
    };
    out.not_here = [done, map = context_->map] { done({}, map()->epoch()); };
  }
  out.bytes = std::move(*x.mutable_content());
  context_->ports.serve(std::move(out));
  if (x.id() == 0)
    give_credit(bytes);
}

void peer_state::give_credit(uint64_t bytes) {
  if (!link_)
    return;
  --link_->served_requests;
  link_->served_bytes -= bytes;
  ++taken_requests_;
  taken_bytes_ += bytes;
  auto& how = context_->how;
  if (taken_requests_ < std::max<uint64_t>(how.requests_max / credit_part, 1)
      && taken_bytes_ < how.bytes_max / credit_part)
    return;
  peer::Frame frame;
  frame.mutable_credit()->set_requests(std::exchange(taken_requests_, 0));
  frame.mutable_credit()->set_bytes(std::exchange(taken_bytes_, 0));
  link_->send(frame);
}

// The link

void peer_state::on(link_event& x) {
  switch (x.what) {
    case link_event::kind::up:
      return up(x);
    case link_event::kind::refused:
      dialling_ = false;
      if (std::exchange(why_not_, x.why) != x.why)
        spdlog::warn("node '{}' cannot be reached: {}", context_->node.name,
                     x.why);
      context_->figures->set([&x](peer_report& to) { to.last_error = x.why; });
      return connect_later();
    case link_event::kind::down:
      if (x.link == link_)
        down(x.why);
      return;
    case link_event::kind::received:
      if (x.link != link_)
        return;
      if (x.frame.has_request())
        serve(*x.frame.mutable_request());
      else if (x.frame.has_answer())
        answered(x.frame.answer());
      else if (x.frame.has_credit())
        credited(x.frame.credit());
  }
}

// A second link replaces the first: the other node has lost that one, and has
// noticed it before this one has.
void peer_state::up(link_event& x) {
  dialling_ = false;
  if (stopping_)
    return x.link->leave("the node is stopping");
  if (link_) {
    auto old = link_;
    down("it has connected again");
    old->close("another link has taken its place");
  }
  link_ = x.link;
  pause_ = milliseconds(0);
  dial_at_ = {};
  spdlog::info("connected with node '{}' (Tutti {}, protocol {})",
               context_->node.name, x.with.program, x.with.version);
  context_->figures->set([&](peer_report& to) {
    to.connected = true;
    to.since_ms = now_ms();
    to.version = x.with.program;
    to.last_error.clear();
    ++to.connects;
    context_->figures->link = link_;
  });
  met_ = true;
  context_->ports.met(context_->node.name);
}

void peer_state::down(const std::string& why) {
  spdlog::warn("the link to node '{}' broke: {}", context_->node.name, why);
  why_not_ = why;
  auto& figures = *context_->figures;
  figures.set([&](peer_report& to) {
    to.connected = false;
    to.since_ms = now_ms();
    to.last_error = why;
    to.in_flight = to.in_flight_bytes = 0;
    figures.bytes_sent += link_->sent();
    figures.bytes_received += link_->received();
    figures.link = nullptr;
  });
  link_ = nullptr;
  used_requests_ = used_bytes_ = taken_bytes_ = 0;
  taken_requests_ = 0;
  fail_all(why);
  if (std::exchange(met_, false))
    context_->ports.lost(context_->node.name);
  connect_later();
}

void peer_state::fail_all(const std::string& why) {
  deadlines_.clear();
  for (auto& [id, x] : std::exchange(waiting_, {}))
    x.letter->fail(
        {errc::unavailable, "the link to node '" + context_->node.name
                                + "' broke before it answered (" + why
                                + "): " + what_is_certain(x.letter->request)});
}

void peer_state::connect_later() {
  if (!context_->dials || stopping_ || link_ || dialling_)
    return;
  auto& how = context_->how;
  pause_ = pause_.count() == 0 ? how.connect_pause
                               : std::min(pause_ * 2, how.connect_pause_max);
  dial_at_ = now() + pause_;
  arm();
}

// Time

void peer_state::tick() {
  armed_ = false;
  auto at = now();
  while (!deadlines_.empty() && deadlines_.begin()->first <= at) {
    auto& late = waiting_.at(deadlines_.begin()->second);
    deadlines_.erase(deadlines_.begin());
    late.deadline = deadlines_.end();
    late.letter->fail(
        {errc::unavailable, "node '" + context_->node.name
                                + "' did not answer in time: "
                                + what_is_certain(late.letter->request)});
  }
  if (dial_at_ != instant() && at >= dial_at_ && !link_ && !stopping_) {
    dial_at_ = {};
    dialling_ = true;
    context_->dial();
  }
  arm();
}

void peer_state::arm() {
  bool needed = !deadlines_.empty() || dial_at_ != instant();
  if (armed_ || !needed || stopping_)
    return;
  armed_ = true;
  self->delayed_send(self, look_pause, tutti::tick{});
}

void peer_state::stop(const drain& x) {
  stopping_ = true;
  auto link = std::exchange(link_, nullptr);
  context_->figures->set([&](peer_report& to) {
    to.connected = false;
    context_->figures->link = nullptr;
  });
  fail_all("this node is stopping");
  met_ = false;
  if (link)
    link->leave("the node is stopping");
  x.finished(done{});
  self->quit();
}

peer_actor::behavior_type
peer_node(peer_actor::stateful_pointer<peer_state> self,
          std::shared_ptr<const peer_context> context) {
  self->state.open(std::move(context));
  return {
      [self](const send_to_peer& x) { self->state.send(x.what); },
      [self](const peer_event& x) { self->state.on(*x.what); },
      [self](const tick&) { self->state.tick(); },
      [self](const drain& x) { self->state.stop(x); },
  };
}

} // namespace tutti
