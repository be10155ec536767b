#include "actors/waits/client_wait.hpp"

#include "actors/gateway/start.hpp"

#include <algorithm>
#include <utility>

namespace tutti {

namespace client_wait_detail {

/// A task that was found may have ended before the signal arrived.
constexpr int tries_max = 3;

bool contains(const std::vector<std::string>& list, const std::string& x) {
  return std::find(list.begin(), list.end(), x) != list.end();
}

} // namespace client_wait_detail

client_wait::client_wait(surroundings in, wait_options how,
                         request_context from, reply<waited> done)
    : in_(std::move(in)), how_(std::move(how)), from_(std::move(from)),
      done_(std::move(done)) {
  out_.shown = how_.strategy;
}

template <class Request>
void client_wait::send(const std::string& id, Request what,
                       reply<typename Request::response> done) const {
  in_.context->gateway->directory->tell(
      id, envelope<Request>{std::move(what), from_, std::move(done)});
}

template <class Event, class T>
reply<T> client_wait::event_of() const {
  return reply<T>(
      [post = in_.post](result<T> x) { post({Event{std::move(x)}}); });
}

// What the client asks for

// The watch follows the start on its way: it is there before anybody else can
// know of the execution. An idempotency key gives another id, later.
void client_wait::execute(start_workflow_request what) {
  start_watched(in_.context->gateway,
                {start_workflow{std::move(what)}, from_,
                 event_of<wait_event::began, started>()},
                [this](const std::string& id) {
                  target_ = id;
                  watch({id, {}, false});
                });
}

void client_wait::call(std::string id, workflow_command what) {
  target_ = std::move(id);
  call_workflow out;
  out.workflow_id = target_;
  out.what = std::move(what);
  send(target_, std::move(out), event_of<wait_event::called, tutti::answer>());
  watch({target_, {}, false});
}

void client_wait::signal(std::string id, command::signal what, bool waits) {
  target_ = std::move(id);
  signal_ = std::move(what);
  waits_ = waits;
  to_search_ = {target_};
  search();
}

// What happens

void client_wait::on(wait_event& x) {
  if (ending_ == ending::none)
    std::visit([this](auto& what) { on(what); }, x.what);
}

void client_wait::on(wait_event::began& x) {
  if (x.got)
    confirm(x.got->workflow_id);
  else
    fail(std::move(x.got).failure());
}

void client_wait::on(wait_event::called& x) {
  if (!x.got)
    return fail(std::move(x.got).failure());
  if (!signal_)
    return confirm(target_);
  if (!x.got->effective && ++tries_ < client_wait_detail::tries_max) {
    to_search_ = {target_};
    searched_ = 0;
    return search();
  }
  if (!x.got->effective)
    return nothing_found();
  signal_.reset();
  if (!waits_)
    return answer(std::exchange(out_, {}));
  confirm(target_);
}

void client_wait::confirm(const std::string& id) {
  confirmed_ = true;
  if (id != target_ || (watches_.empty() && !early_)) {
    end_watches();
    early_.reset();
    target_ = id;
    watch({id, {}, false});
  }
  if (expired_)
    return expire();
  if (early_) {
    auto seen = std::exchange(early_, std::nullopt);
    on(*seen);
  }
}

void client_wait::on(wait_event::saw& x) {
  auto it = watches_.find(x.watch_id);
  if (it == watches_.end())
    return;
  if (!confirmed_ && !signal_) {
    early_ = std::move(x);
    return;
  }
  auto from = std::move(it->second);
  watches_.erase(it);
  bool is_target = from.id == target_;
  if (x.got)
    return see(from, *x.got);
  // Too many wait for it: what was asked for has happened all the same.
  if (is_target && !from.at_once && x.got.failure().code == errc::too_many)
    return expire();
  if (is_target)
    return fail(std::move(x.got).failure());
  if (signal_) // a child that is gone takes no signal
    search();
}

void client_wait::see(const watched& from, observed& x) {
  if (signal_) {
    if (x.takes_signals)
      return found(from.id);
    for (auto& child : x.children)
      to_search_.insert(to_search_.end(), child);
    std::reverse(to_search_.end() - std::ptrdiff_t(x.children.size()),
                 to_search_.end());
    return search();
  }
  if (from.id == target_)
    out_.status = x.status;
  if (from.at_once || x.now == observed::state::blocked
      || x.now == observed::state::reached
      || (x.now == observed::state::ended && from.id == target_))
    return conclude(from.id, x);
  if (x.now == observed::state::children)
    follow_children(from, x);
}

void client_wait::follow_children(watched from, const observed& x) {
  for (auto& child : x.children)
    if (!client_wait_detail::contains(from.known_children, child)
        && watches_.size() + 1 < in_.context->settings.executions_max)
      watch({child, {}, false});
  from.known_children = x.children;
  watch(std::move(from));
}

observed_part client_wait::part_of(const std::string& id) const {
  if (how_.output_only)
    return id == target_ ? observed_part::output : observed_part::nothing;
  switch (how_.strategy) {
    case return_strategy::target_workflow:
      return id == target_ ? observed_part::run : observed_part::nothing;
    case return_strategy::blocking_workflow:
      return observed_part::run;
    case return_strategy::blocking_task:
    case return_strategy::blocking_task_input:
      return observed_part::task;
  }
  return observed_part::run;
}

void client_wait::watch(watched what) {
  auto watch_id = in_.next_watch_id();
  watch_execution out;
  out.workflow_id = what.id;
  out.watch_id = watch_id;
  out.references = how_.references;
  out.known_children = what.known_children;
  out.children_max = in_.context->settings.executions_max;
  out.at_once = what.at_once;
  if (!signal_)
    out.part = part_of(what.id);
  auto id = what.id;
  watches_.emplace(watch_id, std::move(what));
  send(id, std::move(out),
       reply<observed>([post = in_.post, watch_id](result<observed> x) {
         post({wait_event::saw{watch_id, std::move(x)}});
       }));
}

void client_wait::conclude(const std::string& id, observed& x) {
  end_watches();
  concluded_ = true;
  if (x.now == observed::state::open || x.now == observed::state::children)
    out_.timed_out = expired_;
  bool shows_task = x.part == observed_part::task;
  // No task blocks: the answer shows the addressed execution.
  if (is_task() && !shows_task)
    out_.shown = return_strategy::target_workflow;
  bool elsewhere = id != target_ && !shows_task
                   && how_.strategy != return_strategy::blocking_workflow;
  if (elsewhere)
    return look();
  if (x.is_large)
    return read_aside(id, read_execution::part::run);
  answer_with(std::move(x.content));
}

void client_wait::look() {
  end_watches();
  concluded_ = true;
  watch({target_, {}, true});
}

void client_wait::read_aside(const std::string& id, read_execution::part part) {
  read_execution out;
  out.workflow_id = id;
  out.what = part;
  send(id, std::move(out), event_of<wait_event::read, document>());
}

void client_wait::on(wait_event::read& x) {
  if (x.got)
    answer_with(payload::trusted(std::move(x.got->text)));
  else
    fail(std::move(x.got).failure());
}

// Whether the start is durable is what the client wants to know first.
void client_wait::expire() {
  expired_ = true;
  if (!confirmed_ || concluded_ || ending_ != ending::none)
    return;
  early_.reset();
  look();
}

// Answers

void client_wait::answer_with(payload content) {
  out_.content = std::move(content);
  answer(std::move(out_));
}

void client_wait::answer(waited x) {
  end_watches();
  ending_ = x.timed_out ? ending::timed_out : ending::told;
  x.workflow_id = target_;
  done_(std::move(x));
}

void client_wait::fail(failure why) {
  end_watches();
  ending_ = ending::failed;
  done_(std::move(why));
}

void client_wait::leave() {
  fail({errc::unavailable, "the client has left"});
  ending_ = ending::left;
}

void client_wait::end_watches() {
  for (auto& [watch_id, x] : std::exchange(watches_, {}))
    if (!x.at_once)
      send(x.id, end_watch{x.id, watch_id}, {});
}

// The search for the task to signal, depth first

void client_wait::search() {
  if (to_search_.empty() || ++searched_ > in_.context->settings.executions_max)
    return nothing_found();
  auto next = std::move(to_search_.back());
  to_search_.pop_back();
  watch({std::move(next), {}, true});
}

void client_wait::found(const std::string& id) {
  call_workflow out;
  out.workflow_id = id;
  out.what = *signal_;
  send(id, std::move(out), event_of<wait_event::called, tutti::answer>());
}

void client_wait::nothing_found() {
  out_.effective = false;
  answer(std::exchange(out_, {}));
}

} // namespace tutti
