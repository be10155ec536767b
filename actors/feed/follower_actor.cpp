#include "actors/feed/follower_actor.hpp"

#include "actors/support/guarded.hpp"
#include "storage/keys.hpp"

#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>

namespace tutti {

bool follower_desk::add(event x) {
  std::lock_guard guard{mutex_};
  waiting_.events.push_back(std::move(x));
  return !std::exchange(told_, true);
}

bool follower_desk::add_news(uint32_t shard) {
  std::lock_guard guard{mutex_};
  waiting_.news.insert(shard);
  return listening_ && !std::exchange(told_, true);
}

bool follower_desk::add_hurry() {
  std::lock_guard guard{mutex_};
  waiting_.hurry = true;
  return !std::exchange(told_, true);
}

follower_desk::report follower_desk::take() {
  std::lock_guard guard{mutex_};
  told_ = listening_ = false;
  return std::exchange(waiting_, {});
}

bool follower_desk::listen() {
  std::lock_guard guard{mutex_};
  listening_ = waiting_.news.empty();
  return !listening_;
}

/// Reports an event to the actor, from any thread.
std::function<void(follower_desk::event)> follower_state::reporter() const {
  auto me = caf::actor_cast<feed_follower_actor>(self);
  return [desk = desk_, me](follower_desk::event x) {
    if (desk->add(std::move(x)))
      caf::anon_send(me, tick{});
  };
}

void follower_state::open(std::shared_ptr<const follower_context> context,
                          const std::vector<storage::follower_mark>& marks) {
  context_ = std::move(context);
  follower_ = context_->consumer->name();
  desk_ = std::make_shared<follower_desk>();
  shards_.resize(context_->epochs.size());
  if (context_->consumer->keeps_positions())
    ask_for_positions();
  for (uint32_t shard = 0; shard < shards_.size(); ++shard) {
    if (!context_->consumer->keeps_positions()) {
      context_->consumer->resume(shard, marks[shard]);
      shards_[shard].position = marks[shard].position;
    }
    desk_->add_news(shard); // commits before `listen` was called
  }
  // A weak handle: the store outlives the node and must not keep the actor
  // alive.
  auto wake = [me = caf::actor_cast<caf::weak_actor_ptr>(self)] {
    if (auto to = caf::actor_cast<caf::strong_actor_ptr>(me))
      caf::anon_send(caf::actor_cast<feed_follower_actor>(to), tick{});
  };
  listening_
      = context_->store->listen([desk = desk_, wake](uint32_t shard, uint64_t) {
          if (desk->add_news(shard))
            wake();
        });
  context_->consumer->when_hurried([desk = desk_, wake] {
    if (desk->add_hurry())
      wake();
  });
  self->send(self, tick{});
}

void follower_state::ask_for_positions() {
  for (auto& x : shards_)
    x.now = phase::busy;
  context_->consumer->open(
      reply<feed_positions>([tell = reporter()](result<feed_positions> got) {
        follower_desk::event out{follower_desk::event::kind::opened};
        if (got)
          out.positions = std::move(*got);
        else
          out.failed = std::move(got).failure();
        tell(std::move(out));
      }));
}

void follower_state::opened(const follower_desk::event& x) {
  if (x.failed) {
    spdlog::error("feed: follower '{}' does not follow: {}", follower_,
                  x.failed->message);
    return; // its shards stay busy
  }
  for (uint32_t shard = 0; shard < shards_.size(); ++shard) {
    auto at = shard < x.positions.size() ? x.positions[shard] : std::nullopt;
    // A position that the feed never had is that of another store.
    if (!at || *at > context_->store->feed_end(shard)) {
      rebuild(shard, 0);
      continue;
    }
    shards_[shard].position = *at;
    shards_[shard].now = phase::idle;
    context_->retention->passed(follower_, shard, *at);
  }
}

void follower_state::rebuild(uint32_t shard, uint64_t position) {
  auto& x = shards_[shard];
  x.now = phase::busy;
  x.next = position;
  x.news = x.more_at_once = true;
  context_->retention->rebuilt(follower_);
  context_->consumer->rebuild(shard, position, answer_of(shard));
}

void follower_state::look() {
  auto now = self->clock().now();
  self_timer_.looked(self);
  auto report = desk_->take();
  for (auto shard : report.news)
    shards_[shard].news = true;
  for (auto& x : report.events)
    switch (x.what) {
      case follower_desk::event::kind::opened:
        opened(x);
        break;
      case follower_desk::event::kind::page_read:
        x.failed ? fail(x.shard, *x.failed) : consume(x.shard, x.page);
        break;
      case follower_desk::event::kind::consumed:
        x.failed ? fail(x.shard, *x.failed)
                 : store_result(x.shard, std::move(x.result));
        break;
      case follower_desk::event::kind::stored:
        stored(x.shard, x.outcome);
        break;
    }
  if (report.hurry)
    for (auto& x : shards_)
      x.hurried = x.news || x.now == phase::busy;
  bool quiet = now < quiet_until_, began = false;
  auto next = instant::max();
  for (uint32_t shard = 0; shard < shards_.size(); ++shard) {
    auto& x = shards_[shard];
    if (x.now == phase::busy && x.news)
      bound_lag(shard);
    if (x.now != phase::idle || !x.news)
      continue;
    bool at_once = x.more_at_once || x.hurried;
    auto due = std::max(x.retry, at_once ? instant{} : quiet_until_);
    if (due > now) {
      next = std::min(next, due);
      continue;
    }
    began = true;
    read(shard);
  }
  if (began && !quiet)
    quiet_until_ = now + context_->settings.pause;
  // News during the pause wait for its end, so that not every commit wakes the
  // actor.
  if (now < quiet_until_)
    next = std::min(next, quiet_until_);
  else if (desk_->listen())
    next = now;
  if (next != instant::max())
    self_timer_.set(self, next);
}

void follower_state::read(uint32_t shard) {
  auto& x = shards_[shard];
  x.now = phase::busy;
  x.news = x.hurried = false;
  context_->read(
      shard, x.position, context_->settings.page_entries,
      reply<storage::feed_page>([tell = reporter(),
                                 shard](result<storage::feed_page> got) {
        follower_desk::event out{follower_desk::event::kind::page_read, shard};
        if (got)
          out.page
              = std::make_shared<const storage::feed_page>(std::move(*got));
        else
          out.failed = std::move(got).failure();
        tell(std::move(out));
      }));
}

reply<feed_result> follower_state::answer_of(uint32_t shard) {
  return reply<feed_result>(
      [tell = reporter(), shard](result<feed_result> got) {
        follower_desk::event out{follower_desk::event::kind::consumed, shard};
        if (got)
          out.result = std::move(*got);
        else
          out.failed = std::move(got).failure();
        tell(std::move(out));
      });
}

void follower_state::consume(uint32_t shard, feed_page_pointer page) {
  auto& x = shards_[shard];
  if (page->items.empty()) {
    x.now = phase::idle;
    x.more_at_once = false;
    return;
  }
  if (page->is_behind) {
    auto gone = page->items.front().position - 1;
    spdlog::warn("feed of shard {}: follower '{}' stood at {} and entries up "
                 "to {} are gone: it begins anew",
                 shard, follower_, x.position, gone);
    return rebuild(shard, gone);
  }
  x.next = page->items.back().position;
  x.more_at_once = page->items.size() >= context_->settings.page_entries;
  x.news = x.news || x.more_at_once;
  context_->consumer->consume(shard, std::move(page), answer_of(shard));
}

void follower_state::store_result(uint32_t shard, feed_result what) {
  using storage::operation;
  auto& x = shards_[shard];
  if (context_->consumer->keeps_positions()) {
    x.next = what.position.value_or(x.next);
    stored(shard, storage::outcome::ok);
    return bound_lag(shard);
  }
  storage::commit out{shard, context_->epochs[shard], std::move(what.rows)};
  out.operations.push_back(
      {operation::kind::put, storage::keys::follower(follower_),
       storage::write(storage::follower_mark{x.next, std::move(what.state)})});
  add_erasure(shard, x.next, out.operations);
  context_->store->submit(
      std::move(out), [tell = reporter(), shard](storage::outcome how) {
        follower_desk::event out{follower_desk::event::kind::stored, shard};
        out.outcome = how;
        tell(std::move(out));
      });
}

void follower_state::stored(uint32_t shard, storage::outcome how) {
  auto& x = shards_[shard];
  if (how != storage::outcome::ok) {
    // The shard has another owner, or takes no more writes.
    x.now = phase::stopped;
    return;
  }
  x.now = phase::idle;
  x.position = x.next;
  x.failures = 0;
  context_->retention->passed(follower_, shard, x.position);
}

void follower_state::fail(uint32_t shard, const failure& why) {
  auto& x = shards_[shard];
  auto& how = context_->settings;
  auto doublings = std::min<uint32_t>(x.failures++, 10);
  auto pause = std::min(how.first_retry * (1u << doublings), how.longest_retry);
  spdlog::log(x.failures == 1 ? spdlog::level::warn : spdlog::level::debug,
              "feed of shard {}: follower '{}' cannot go on behind {}: {}",
              shard, follower_, x.position, why.message);
  x.now = phase::idle;
  x.news = true;
  x.retry = self->clock().now() + pause;
  bound_lag(shard);
}

/// A consumer that is away or takes long must not fill the store.
void follower_state::bound_lag(uint32_t shard) {
  storage::batch erasure;
  add_erasure(shard, shards_[shard].position, erasure);
  if (!erasure.empty())
    context_->store->submit(
        {shard, context_->epochs[shard], std::move(erasure)}, {});
}

void follower_state::add_erasure(uint32_t shard, uint64_t position,
                                 storage::batch& to) {
  namespace keys = storage::keys;
  auto& x = shards_[shard];
  auto needed = context_->retention->needed_from(follower_, shard, position);
  if (needed < x.erased + context_->settings.erase_entries_min)
    return;
  // A row's key is its last entry, so the row that contains `needed` stays.
  to.push_back({storage::operation::kind::erase_range, keys::feed(0),
                keys::feed(needed)});
  x.erased = needed;
}

feed_follower_actor::behavior_type
feed_follower(feed_follower_actor::stateful_pointer<follower_state> self,
              std::shared_ptr<const follower_context> context,
              std::vector<storage::follower_mark> marks) {
  self->state.open(std::move(context), marks);
  return guarded<feed_follower_actor::behavior_type>(
      self, "feed follower", [self](const tick&) { self->state.look(); });
}

result<std::vector<storage::follower_mark>>
load_marks(const storage::store& from, const std::string& follower) {
  std::vector<storage::follower_mark> out(from.shards());
  for (uint32_t shard = 0; shard < out.size(); ++shard) {
    auto row = from.get(shard, storage::keys::follower(follower));
    if (!row)
      return std::move(row).failure();
    if (!*row)
      continue;
    auto mark = storage::read_follower_mark(**row);
    if (!mark)
      return failure{mark.failure().code,
                     "follower '" + follower + "': " + mark.failure().message};
    out[shard] = std::move(*mark);
  }
  return out;
}

} // namespace tutti
