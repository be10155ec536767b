#include "actors/queue/queue_window.hpp"

namespace tutti {

void queue_window::offer(waiting_task x, int64_t now) {
  auto known = by_id_.find(x.task_id);
  if (known != by_id_.end() && known->second.is(x))
    return; // offered before, or read from the store before the offer came
  if (!learn(std::move(x), now))
    ++outside_;
}

void queue_window::withdraw(const waiting_task& x) {
  auto i = by_id_.find(x.task_id);
  if (i == by_id_.end()) {
    if (outside_ > 0)
      --outside_;
    return;
  }
  if (!i->second.is(x))
    return; // an earlier row of a task that was queued again
  forget(i->first, i->second);
  by_id_.erase(i);
}

std::optional<waiting_task> queue_window::pop(int64_t now, instant when) {
  if (runs_dry(now) || !best())
    return std::nullopt;
  auto x = ready_.pop();
  auto& e = by_id_.at(x.task_id);
  e.where = section::handed;
  e.handed = handed_.insert(handed_.end(), {x, when});
  return x;
}

void queue_window::give_back(const waiting_task& x, int64_t wake_at) {
  auto i = by_id_.find(x.task_id);
  if (i == by_id_.end() || !i->second.is(x)
      || i->second.where != section::handed)
    return;
  handed_.erase(i->second.handed);
  i->second.where = section::delayed;
  i->second.wake_at = wake_at;
  delayed_.push(x, wake_at);
}

bool queue_window::runs_dry(int64_t now) {
  promote(now);
  if (!ready_end_ || best())
    return false;
  // Full of rows that a limit blocks: rows after the window wait as well.
  bool full = *ready_end_ != queue_rank::first() && ready_.size() >= rows_max_
              && rank_of(ready_.worst()) < *ready_end_;
  return !full;
}

const waiting_task* queue_window::best() const {
  auto* x = ready_.best();
  return x && (!ready_end_ || rank_of(*x) < *ready_end_) ? x : nullptr;
}

queue_window::standing queue_window::find(const waiting_task& x) const {
  using where = standing::section;
  auto i = by_id_.find(x.task_id);
  if (i == by_id_.end() || !i->second.is(x))
    return {};
  switch (i->second.where) {
    case section::ready:
      return {where::ready, ready_.position(x).value_or(0),
              ready_.blocked(x.limited_by)};
    case section::delayed:
      return {where::delayed};
    case section::handed:
      break;
  }
  return {where::handed_out};
}

std::optional<queue_rank> queue_window::read_from() const {
  if (ready_end_ && *ready_end_ == queue_rank::first())
    return std::nullopt;
  return ready_end_;
}

void queue_window::load(queue_page page, int64_t now) {
  ready_end_ = page.ready_end;
  if (page.from_start)
    delayed_end_ = page.delayed_end;
  auto take = [&](std::vector<waiting_task>& rows) {
    for (auto& x : rows)
      if (learn(std::move(x), now) && outside_ > 0)
        --outside_;
  };
  take(page.ready);
  take(page.delayed);
  if (!ready_end_ && !delayed_end_)
    outside_ = 0;
  else if (page.total) {
    auto here = in_memory() + handed_out();
    outside_ = *page.total > here ? *page.total - here : 0;
  }
}

std::optional<int64_t> queue_window::next_wake() const {
  auto next = delayed_.next();
  if (delayed_end_ && (!next || *delayed_end_ < *next))
    next = delayed_end_;
  return next;
}

std::vector<waiting_task> queue_window::overdue(instant before) const {
  std::vector<waiting_task> out;
  for (auto& x : handed_) {
    if (x.when > before)
      break;
    out.push_back(x.task);
  }
  return out;
}

std::optional<queue_window::instant> queue_window::oldest_hand_out() const {
  if (handed_.empty())
    return std::nullopt;
  return handed_.front().when;
}

void queue_window::reopen(const waiting_task& x, int64_t now) {
  auto i = by_id_.find(x.task_id);
  if (i == by_id_.end() || !i->second.is(x)
      || i->second.where != section::handed)
    return;
  auto task = std::move(i->second.handed->task);
  forget(i->first, i->second);
  by_id_.erase(i);
  offer(std::move(task), now);
}

void queue_window::promote(int64_t now) {
  for (auto& x : delayed_.take_due(now)) {
    by_id_.erase(x.task_id);
    if (!insert_ready(std::move(x)))
      ++outside_;
  }
  if (delayed_end_ && *delayed_end_ <= now) {
    // Rows outside of the window became visible; any of them may be the best.
    delayed_end_.reset();
    distrust();
  }
}

bool queue_window::insert(waiting_task x, int64_t now) {
  auto wake_at = x.visible_at;
  return wake_at <= now ? insert_ready(std::move(x))
                        : insert_delayed(std::move(x), wake_at);
}

bool queue_window::insert_ready(waiting_task x) {
  if (ready_end_ && !(rank_of(x) < *ready_end_))
    return false;
  by_id_[x.task_id] = {section::ready, x.visible_at, x.seq, x.priority};
  auto id = x.task_id;
  ready_.push(std::move(x));
  if (ready_.size() <= rows_max_)
    return true;
  auto worst = ready_.pop_worst();
  ready_end_ = rank_of(worst);
  by_id_.erase(worst.task_id);
  if (worst.task_id == id)
    return false;
  ++outside_;
  return true;
}

bool queue_window::insert_delayed(waiting_task x, int64_t wake_at) {
  if (delayed_end_ && wake_at >= *delayed_end_)
    return false;
  by_id_[x.task_id]
      = {section::delayed, x.visible_at, x.seq, x.priority, wake_at};
  auto id = x.task_id;
  delayed_.push(std::move(x), wake_at);
  if (delayed_.size() <= rows_max_)
    return true;
  delayed_end_ = delayed_.latest();
  auto latest = delayed_.pop_latest();
  by_id_.erase(latest.task_id);
  if (latest.task_id == id)
    return false;
  ++outside_;
  return true;
}

bool queue_window::learn(waiting_task x, int64_t now) {
  if (auto i = by_id_.find(x.task_id); i != by_id_.end()) {
    if (i->second.is(x))
      return false;
    forget(i->first, i->second);
    by_id_.erase(i);
  }
  return insert(std::move(x), now);
}

void queue_window::forget(const std::string& task_id, entry& e) {
  waiting_task row;
  row.task_id = task_id;
  row.visible_at = e.visible_at;
  row.seq = e.seq;
  row.priority = e.priority;
  switch (e.where) {
    case section::ready:
      ready_.erase(row);
      break;
    case section::delayed:
      delayed_.erase(row, e.wake_at);
      break;
    case section::handed:
      handed_.erase(e.handed);
      break;
  }
}

} // namespace tutti
