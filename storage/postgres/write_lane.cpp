#include "storage/postgres/write_lane.hpp"

#include "messages/model/deciding_thread.hpp"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>

namespace tutti::storage::postgres {

namespace write_lane_detail {

using namespace std::chrono_literals;
using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// One is being synced, one is on its way.
constexpr size_t groups_in_flight = 2;
/// What meets other transactions is sent again so often.
constexpr size_t tries_max = 20;
constexpr milliseconds pause_min = 20ms, pause_max = 5'000ms, late_pause = 20ms;
/// Beyond what the server allows a statement.
constexpr milliseconds reply_grace = 10'000ms;
constexpr uint64_t wake_up = 1;

bool holds(const std::vector<uint32_t>& all, uint32_t x) {
  return std::ranges::find(all, x) != all.end();
}

} // namespace write_lane_detail

write_lane::write_lane(settings how, std::vector<shard_head> heads,
                       byte_budget& waiting, const feed_listeners& listeners)
    : how_(std::move(how)), budget_(waiting), listeners_(listeners),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      known_epochs_(heads.size()), feed_ends_(heads.size()),
      shards_(heads.size()) {
  for (size_t i = 0; i < heads.size(); ++i) {
    known_epochs_[i] = heads[i].epoch;
    feed_ends_[i] = heads[i].feed_end;
    shards_[i].begin(heads[i], heads[i].epoch);
  }
  thread_ = std::thread([this] { run(); });
}

write_lane::~write_lane() {
  {
    std::lock_guard guard{mutex_};
    stop_ = true;
  }
  (void)!::write(wake_, &write_lane_detail::wake_up,
                 sizeof(write_lane_detail::wake_up));
  thread_.join();
  ::close(wake_);
}

void write_lane::push(pending x) {
  std::unique_lock lock{mutex_};
  if (!failure_.empty() && x.writes && x.decided == outcome::ok)
    x.decided = {outcome::unavailable, failure_};
  if (x.writes && x.decided == outcome::ok) {
    if (size_of(x.what) > how_.commit_bytes_max) {
      ++count_.refused;
      x.decided
          = {outcome::refused, "the commit is larger than the store takes"};
    } else if (!budget_.take(weight_of(x.what))) {
      ++count_.refused;
      x.decided = {outcome::unavailable,
                   "more than " + std::to_string(budget_.most() >> 20)
                       + " MiB of commits wait for the database "
                         "(store.postgres.waiting_mib_max)"
                       + (away_.empty() ? "" : ": " + away_)};
    }
  }
  try {
    queue_.push_back(std::move(x));
  } catch (...) { // nothing was moved
    if (x.writes && x.decided == outcome::ok)
      budget_.give_back(weight_of(x.what));
    throw;
  }
  bool asleep = std::exchange(idle_, false);
  lock.unlock();
  if (asleep)
    (void)!::write(wake_, &write_lane_detail::wake_up,
                   sizeof(write_lane_detail::wake_up));
}

void write_lane::submit(commit what, std::function<void(outcome)> finished) {
  push({std::move(what), std::move(finished), outcome::ok, true,
        instant::clock::now()});
}

void write_lane::reach(uint32_t shard, std::function<void()> finished) {
  commit in;
  in.shard = shard;
  push({std::move(in), [finished = std::move(finished)](auto&&) { finished(); },
        outcome::ok, false});
}

void write_lane::answer(uint32_t shard, std::function<void(outcome)> finished,
                        outcome what) {
  commit in;
  in.shard = shard;
  push({std::move(in), std::move(finished), std::move(what), false});
}

void write_lane::acquired(uint32_t shard, const shard_head& now) {
  auto raise = [](std::atomic<uint64_t>& x, uint64_t to) {
    for (auto is = x.load(); is < to;)
      if (x.compare_exchange_weak(is, to))
        break;
  };
  raise(feed_ends_[shard - how_.first_shard], now.feed_end);
  raise(known_epochs_[shard - how_.first_shard], now.epoch);
}

write_lane::figures write_lane::count() const {
  std::lock_guard guard{mutex_};
  return count_;
}

std::string write_lane::trouble() const {
  using namespace write_lane_detail;
  std::lock_guard guard{mutex_};
  if (!failure_.empty())
    return failure_;
  if (away_.empty())
    return {};
  auto since = duration_cast<seconds>(instant::clock::now() - away_since_);
  return "commits wait for the database since " + std::to_string(since.count())
         + " s: " + away_;
}

void write_lane::run() {
  pthread_setname_np(pthread_self(), "store writer");
  // It answers everybody's commits: no callback may read here.
  deciding_thread::mark_for_ever();
  for (;;) {
    for (auto& x : std::exchange(late_, {}))
      call(x.finished, x.what);
    bool stopping = false, more = take_waiting();
    {
      std::lock_guard guard{mutex_};
      stopping = stop_;
    }
    bool at_rest = !more && in_flight_.empty() && unresolved_.empty()
                   && again_.empty() && late_.empty();
    if (stopping && at_rest)
      return;
    auto now = instant::clock::now();
    if (failed_) {
      if (more)
        fail({});
      else
        wait(now);
      continue;
    }
    if (!link_ && now >= next_attempt_)
      connect(now);
    if (!link_) {
      if (stopping)
        fail("the store was closed while the database was away");
      else
        wait(now);
      continue;
    }
    if (must_settle_ && in_flight_.empty()) {
      settle();
      continue;
    }
    shard_groups next;
    while (!must_settle_ && link_ && now >= next_attempt_
           && in_flight_.size() < write_lane_detail::groups_in_flight
           && next_group(next))
      send(std::exchange(next, {}));
    if (!link_ || (must_settle_ && in_flight_.empty()))
      continue;
    wait(now);
    if (!in_flight_.empty())
      receive();
    else if (!link_->is_there())
      lost(link_->why_lost());
  }
}

void write_lane::connect(instant now) {
  auto opened = lane_link::open(how_.url, how_.connect);
  if (!opened) {
    lost(opened.failure().message);
    return;
  }
  link_.emplace(std::move(*opened));
  next_attempt_ = now;
  must_settle_ = must_settle_ || !unresolved_.empty();
  {
    std::lock_guard guard{mutex_};
    ++count_.connects;
  }
  // Otherwise the first commit tells.
  if (unresolved_.empty() && again_.empty() && taken_.empty())
    working();
}

/// True: there is something to do.
bool write_lane::take_waiting() {
  std::lock_guard guard{mutex_};
  size_t bytes = 0;
  for (auto& x : taken_)
    bytes += weight_of(x.what);
  while (!queue_.empty() && bytes < how_.group_bytes) {
    bytes += weight_of(queue_.front().what);
    taken_.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  idle_ = queue_.empty()
          && in_flight_.size() < write_lane_detail::groups_in_flight;
  return !taken_.empty() || !queue_.empty();
}

/// What is sent again goes first: each shard once, in order.
void write_lane::repeat_first(shard_groups& out) {
  std::vector<uint32_t> shards;
  shard_groups rest;
  for (auto& x : again_) {
    bool first = !write_lane_detail::holds(shards, x->shard);
    shards.push_back(x->shard);
    (first ? out : rest).push_back(std::move(x));
  }
  again_ = std::move(rest);
}

/// False: the group ends before it.
bool write_lane::add_next(shard_groups& out) {
  auto& x = taken_.front();
  auto shard = x.what.shard;
  auto& state = state_of(shard);
  if (x.writes && x.decided == outcome::ok) {
    if (x.what.epoch < known_epochs_[shard - how_.first_shard])
      x.decided = outcome::fenced;
    else if (x.what.epoch > state.epoch) {
      stale_[shard] = x.what.epoch;
      must_settle_ = true;
      return false;
    } else if (!state.broken.empty())
      x.decided = {outcome::unavailable, state.broken};
    if (x.decided != outcome::ok)
      budget_.give_back(weight_of(x.what));
  }
  bool writes = x.writes && x.decided == outcome::ok;
  auto part = std::ranges::find_if(
      out, [&](auto& one) { return one->shard == shard; });
  if (part == out.end()) {
    out.push_back(std::make_unique<shard_group>(shard, x.what.epoch));
    part = std::prev(out.end());
  }
  if (!writes) {
    (*part)->add(std::move(x.finished), std::move(x.decided));
  } else {
    if ((*part)->writes() && (*part)->epoch != x.what.epoch)
      return false;
    (*part)->epoch = x.what.epoch;
    (*part)->add(std::move(x.what), std::move(x.finished), x.since);
  }
  taken_.pop_front();
  return true;
}

bool write_lane::next_group(shard_groups& out) {
  if (!again_.empty()) {
    repeat_first(out);
    return true;
  }
  size_t bytes = 0;
  while (!taken_.empty() && bytes < how_.group_bytes) {
    bytes += weight_of(taken_.front().what);
    if (!add_next(out))
      break;
  }
  return !out.empty();
}

void write_lane::send(shard_groups parts) {
  using namespace write_lane_detail;
  bool writes = false;
  for (auto& x : parts)
    if (x->writes()) {
      state_of(x->shard).number(*x);
      writes = true;
    }
  if (!writes && in_flight_.empty()) {
    for (auto& x : parts)
      finish(std::move(x), outcome::ok);
    return;
  }
  in_flight_.push_back(std::move(parts));
  deadline_ = instant::clock::now() + how_.connect.statement_timeout * 2
              + reply_grace;
  if (!writes)
    return;
  auto before = link_->statements();
  bool sent = link_->send(in_flight_.back());
  {
    std::lock_guard guard{mutex_};
    ++count_.groups;
    count_.statements += link_->statements() - before;
  }
  if (!sent)
    lost(link_->why_lost());
}

void write_lane::receive() {
  using namespace write_lane_detail;
  while (!in_flight_.empty()) {
    auto& oldest = in_flight_.front();
    lane_link::reply got;
    if (std::ranges::any_of(oldest, [](auto& x) { return x->writes(); })) {
      auto status = link_->receive(got);
      if (status == lane_link::status::lost)
        return lost(link_->why_lost());
      if (status == lane_link::status::waiting) {
        if (instant::clock::now() > deadline_)
          lost("it does not answer");
        return;
      }
      deadline_ = instant::clock::now() + how_.connect.statement_timeout * 2
                  + reply_grace;
    }
    auto parts = std::move(oldest);
    in_flight_.pop_front();
    if (got.has_failed)
      undone(std::move(parts), got);
    else
      replied(std::move(parts), got);
  }
}

bool write_lane::is_held(uint32_t shard) const {
  auto is_its = [=](auto& x) { return x->shard == shard; };
  return std::ranges::any_of(unresolved_, is_its)
         || std::ranges::any_of(again_, is_its);
}

void write_lane::replied(shard_groups parts, const lane_link::reply& got) {
  uint64_t written = 0;
  for (auto& x : parts) {
    bool held = is_held(x->shard);
    bool taken = x->writes() && write_lane_detail::holds(got.taken, x->shard);
    // It is written on top of one that was lost sight of and was written after
    // all: that one is answered first.
    x->doubtful = x->doubtful || (taken && held);
    if (held || (x->writes() && !taken)) {
      // Somebody took the shard over, or a group before this one failed.
      unresolved_.push_back(std::move(x));
      must_settle_ = true;
      continue;
    }
    written += x->commits;
    finish(std::move(x), outcome::ok);
  }
  if (written == 0)
    return;
  if (how_.counts)
    how_.counts->per_write.add(double(written));
  working();
}

void write_lane::undone(shard_groups parts, const lane_link::reply& got) {
  using namespace write_lane_detail;
  auto cure = got.failed.asks_for();
  auto why = "the database " + name_of(how_.url) + ": " + got.failed.why();
  auto now = instant::clock::now();
  must_settle_ = true;
  bool too_often = false;
  for (auto& x : parts) {
    if (cure == remedy::repeat)
      too_often = ++x->tries > tries_max || too_often;
    unresolved_.push_back(std::move(x));
  }
  if (cure == remedy::give_up || too_often)
    return fail(why);
  {
    std::lock_guard guard{mutex_};
    ++count_.repeated;
  }
  if (cure == remedy::wait) {
    std::lock_guard guard{mutex_};
    if (away_.empty())
      away_since_ = now;
    away_ = std::move(why);
  }
  pause(now, next_attempt_);
}

/// Asks the database what became of groups, and where shards stand.
void write_lane::settle() {
  must_settle_ = false;
  // Also those that would be sent again: what was under way when the connection
  // was lost may have been written since.
  for (auto& x : std::exchange(again_, {}))
    unresolved_.push_back(std::move(x));
  std::vector<uint32_t> shards;
  for (auto& [shard, epoch] : stale_)
    shards.push_back(shard);
  for (auto& x : unresolved_)
    if (!write_lane_detail::holds(shards, x->shard))
      shards.push_back(x->shard);
  auto heads = link_->heads(shards);
  {
    std::lock_guard guard{mutex_};
    ++count_.statements;
  }
  if (!heads) {
    lost(heads.failure().message);
    must_settle_ = true;
    return;
  }
  for (auto& [shard, head] : *heads)
    settle(shard, head);
  stale_.clear();
}

void write_lane::settle(uint32_t shard, const shard_head& now) {
  auto& state = state_of(shard);
  auto is_other = [=](auto& x) { return x->shard != shard; };
  auto first
      = std::stable_partition(unresolved_.begin(), unresolved_.end(), is_other);
  shard_groups ours{std::make_move_iterator(first),
                    std::make_move_iterator(unresolved_.end())};
  unresolved_.erase(first, unresolved_.end());
  acquired(shard, now);
  shard_groups left;
  for (auto& x : ours) {
    auto what = x->writes()    ? fate_of(*x, now)
                : left.empty() ? fate::written
                               : fate::unwritten;
    switch (what) {
      case fate::written:
        finish(std::move(x), outcome::ok);
        break;
      case fate::fenced:
        finish(std::move(x), outcome::fenced);
        break;
      case fate::unknown:
        finish(std::move(x),
               {outcome::unavailable, "others own the shard since the "
                                      "connection was lost: nobody knows "
                                      "whether it was written"});
        break;
      case fate::unwritten:
        left.push_back(std::move(x));
    }
  }
  auto wrong = state.check(shard, now);
  auto wanted = stale_.find(shard);
  auto epoch = wanted == stale_.end() ? state.epoch : wanted->second;
  state.begin(now, epoch);
  state.broken = std::move(wrong);
  for (auto& x : left)
    if (state.broken.empty())
      again_.push_back(std::move(x));
    else
      finish(std::move(x), {outcome::unavailable, state.broken});
}

/// Nobody knows what became of the groups under way.
void write_lane::lost(const std::string& why) {
  link_.reset();
  for (auto& parts : in_flight_)
    for (auto& x : parts) {
      x->doubtful = x->doubtful || x->writes();
      unresolved_.push_back(std::move(x));
    }
  in_flight_.clear();
  auto now = instant::clock::now();
  pause(now, next_attempt_);
  std::string news;
  {
    std::lock_guard guard{mutex_};
    if (away_.empty()) {
      away_since_ = now;
      news = "the connection to " + name_of(how_.url)
             + " is lost, commits wait: " + why;
    }
    away_ = why;
  }
  if (!news.empty() && how_.told)
    how_.told(news);
}

void write_lane::pause(instant now, instant& until) {
  using namespace write_lane_detail;
  pause_ = std::clamp(pause_ * 2, pause_min, pause_max);
  until = now + pause_;
}

void write_lane::working() {
  using namespace write_lane_detail;
  pause_ = {};
  std::string news;
  {
    std::lock_guard guard{mutex_};
    if (away_.empty())
      return;
    away_.clear();
    auto took = instant::clock::now() - away_since_;
    news = "the database " + name_of(how_.url) + " takes commits again after "
           + std::to_string(duration_cast<milliseconds>(took).count()) + " ms";
  }
  if (how_.told)
    how_.told(news);
}

/// Takes no more commits from here on, and answers those that wait.
void write_lane::fail(const std::string& why) {
  outcome how;
  failed_ = true;
  {
    std::lock_guard guard{mutex_};
    if (failure_.empty())
      failure_ = why;
    how = {outcome::unavailable, failure_};
    for (auto& x : queue_)
      taken_.push_back(std::move(x));
    queue_.clear();
  }
  link_.reset();
  for (auto& parts : in_flight_)
    for (auto& x : parts)
      unresolved_.push_back(std::move(x));
  in_flight_.clear();
  for (auto& x : again_)
    unresolved_.push_back(std::move(x));
  again_.clear();
  for (auto& x : std::exchange(unresolved_, {}))
    finish(std::move(x), how);
  for (auto& x : std::exchange(taken_, {})) {
    bool writes = x.writes && x.decided == outcome::ok;
    if (writes)
      budget_.give_back(weight_of(x.what));
    call(x.finished, writes ? how : x.decided);
  }
  stale_.clear();
  must_settle_ = false;
}

void write_lane::finish(std::unique_ptr<shard_group> part, const outcome& how) {
  bool good = how == outcome::ok;
  bool fed = good && part->feed_entries > 0;
  auto& state = state_of(part->shard);
  if (good && part->writes())
    state.commits = part->after();
  if (fed)
    feed_ends_[part->shard - how_.first_shard] = part->feed_after();
  budget_.give_back(part->bytes);
  {
    std::lock_guard guard{mutex_};
    for (auto& x : part->answers)
      count_.fenced
          += (x.what == outcome::ok ? how : x.what) == outcome::fenced;
    count_.commits += good ? part->commits : 0;
  }
  auto now = instant::clock::now();
  for (auto& x : part->answers) {
    bool durable = good && x.what == outcome::ok && x.since != instant{};
    if (durable && how_.counts)
      how_.counts->seconds.add(
          std::chrono::duration<double>(now - x.since).count());
    call(x.finished, x.what == outcome::ok ? how : x.what);
  }
  if (fed)
    listeners_.tell(part->shard, part->feed_after());
}

// The callback posts a message. When there is no memory for that it is called
// again later: nobody else can tell the submitter.
void write_lane::call(const std::function<void(outcome)>& finished,
                      const outcome& what) {
  if (!finished)
    return;
  try {
    finished(what);
  } catch (const std::exception&) {
    late_.push_back({finished, what});
  }
}

void write_lane::wait(instant now) {
  using namespace write_lane_detail;
  auto until = now + std::chrono::hours(1);
  if (!in_flight_.empty())
    until = deadline_;
  else if (!failed_ && (!link_ || now < next_attempt_))
    until = next_attempt_;
  if (!late_.empty())
    until = std::min(until, now + late_pause);
  auto left = duration_cast<milliseconds>(until - now).count() + 1;
  auto timeout = static_cast<int>(std::max<int64_t>(left, 0));
  if (link_) {
    link_->wait(wake_, timeout);
  } else {
    pollfd one{wake_, POLLIN, 0};
    ::poll(&one, 1, timeout);
  }
  uint64_t ignored = 0;
  (void)!::read(wake_, &ignored, sizeof(ignored));
}

} // namespace tutti::storage::postgres
