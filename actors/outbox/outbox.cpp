#include "actors/outbox/outbox.hpp"

#include "actors/engine/decision/weights.hpp"
#include "storage/keys.hpp"
#include "storage/records.hpp"

#include <algorithm>

namespace tutti {

namespace outbox_detail {

constexpr std::chrono::milliseconds first_pause{100}, longest_pause{5'000};

uint64_t bytes_of(const stored_outbox_message& x) {
  return engine::weight_of(engine::effect{engine::send_outbox_message{x.what}});
}

std::chrono::milliseconds pause_after(uint32_t attempts) {
  auto doublings = std::min<uint32_t>(attempts - 1, 6);
  return std::min(first_pause * (1u << doublings), longest_pause);
}

} // namespace outbox_detail

const outbox_rows outbox_rows::to_executions{storage::keys::all_outbox_messages,
                                             storage::keys::outbox,
                                             storage::keys::read_outbox};
const outbox_rows outbox_rows::to_systems{storage::keys::all_external_messages,
                                          storage::keys::external_outbox,
                                          storage::keys::read_external_outbox};

void outbox::add(stored_outbox_message x) { add(std::move(x), true); }

void outbox::add(stored_outbox_message x, bool is_new) {
  if (deleting_.contains(x.number) || outbox_messages_.contains(x.number))
    return;
  // Messages that are still only in the store go first, to keep the order of
  // numbers.
  if (behind_ || full()) {
    behind_ = true;
    return;
  }
  auto number = x.number;
  auto lane = x.what->from + '\0' + x.what->to;
  auto& queue = lanes_[lane];
  queue.insert(number);
  auto bytes = outbox_detail::bytes_of(x);
  held_bytes_ += bytes;
  outbox_messages_.emplace(
      number, entry{std::move(x), std::move(lane), bytes, !is_new});
  if (queue.size() == 1)
    ready_.push_back(number);
}

result<outbox::page> outbox::read(const storage::store& from, uint32_t shard,
                                  page_size most, const outbox_rows& which) {
  namespace keys = storage::keys;
  page out;
  size_t rows = 0;
  uint64_t bytes = 0;
  auto first = which.all();
  auto visit = [&](std::string_view key, std::string_view record) {
    out.more = rows++ == most.messages || bytes >= most.bytes;
    if (out.more)
      return false;
    bytes += record.size();
    auto number = which.number(key).value_or(0);
    auto what = storage::read_outbox_message(record);
    if (what)
      out.outbox_messages.push_back(
          {number, std::make_shared<const outbox_message>(std::move(*what))});
    else
      out.damaged.push_back(number);
    return true;
  };
  auto all = from.scan(shard, first, keys::after(first), visit);
  if (!all)
    return std::move(all).failure();
  return out;
}

result<uint64_t> outbox::next_number(const storage::store& from,
                                     uint32_t shard) {
  namespace keys = storage::keys;
  uint64_t greatest = 0;
  for (auto* rows : {&outbox_rows::to_executions, &outbox_rows::to_systems}) {
    auto first = rows->all(), end = keys::after(first);
    auto last = from.read(shard, {first, end, true}, {1});
    if (!last)
      return std::move(last).failure();
    if (!last->empty())
      greatest = std::max(greatest, rows->number((*last)[0].key).value_or(0));
  }
  return greatest + 1;
}

void outbox::fill(page x) {
  behind_ = false;
  for (auto& outbox_message : x.outbox_messages) {
    add(std::move(outbox_message), false);
    if (behind_)
      return;
  }
  behind_ = x.more;
}

bool outbox::must_fill() const {
  return behind_ && outbox_messages_.size() <= credit_
         && (outbox_messages_.empty() || held_bytes_ <= bytes_);
}

std::vector<outbox::departure> outbox::take(instant now) {
  while (!waiting_.empty() && waiting_.begin()->first <= now) {
    ready_.push_back(waiting_.begin()->second);
    waiting_.erase(waiting_.begin());
  }
  std::vector<departure> out;
  while (!ready_.empty() && travelling_ < credit_
         && travelling_bytes_ < bytes_) {
    ++travelling_;
    auto& x = outbox_messages_.at(ready_.front());
    travelling_bytes_ += x.bytes;
    out.push_back({x.what, !std::exchange(x.sent_before, true)});
    ready_.pop_front();
  }
  return out;
}

void outbox::arrived(uint64_t number) {
  auto it = outbox_messages_.find(number);
  if (it == outbox_messages_.end())
    return;
  --travelling_;
  travelling_bytes_ -= it->second.bytes;
  held_bytes_ -= it->second.bytes;
  auto lane = lanes_.find(it->second.lane);
  lane->second.erase(number);
  if (lane->second.empty())
    lanes_.erase(lane);
  else
    ready_.push_back(*lane->second.begin());
  outbox_messages_.erase(it);
  arrived_.push_back(number);
  deleting_.insert(number);
}

void outbox::failed(uint64_t number, instant now) {
  auto it = outbox_messages_.find(number);
  if (it == outbox_messages_.end())
    return;
  --travelling_;
  travelling_bytes_ -= it->second.bytes;
  auto pause = outbox_detail::pause_after(++it->second.attempts);
  waiting_.emplace(now + pause, number);
}

std::vector<uint64_t> outbox::take_arrived() {
  return std::exchange(arrived_, {});
}

void outbox::deleted(const std::vector<uint64_t>& numbers) {
  for (auto number : numbers)
    deleting_.erase(number);
}

outbox::instant outbox::next() const {
  return waiting_.empty() ? instant::max() : waiting_.begin()->first;
}

} // namespace tutti
