#include "actors/outbox/outbox.hpp"

#include "storage/keys.hpp"
#include "storage/records.hpp"

#include <algorithm>

namespace tutti {

namespace outbox_detail {

constexpr std::chrono::milliseconds first_pause{100}, longest_pause{5'000};

std::chrono::milliseconds pause_after(uint32_t attempts) {
  auto doublings = std::min<uint32_t>(attempts - 1, 6);
  return std::min(first_pause * (1u << doublings), longest_pause);
}

} // namespace outbox_detail

void outbox::add(stored_outbox_message x) {
  if (deleting_.contains(x.number) || outbox_messages_.contains(x.number))
    return;
  // What is left in the store goes first: lanes keep the order of numbers.
  if (behind_ || full()) {
    behind_ = true;
    return;
  }
  auto number = x.number;
  auto lane = x.what->from + '\0' + x.what->to;
  auto& queue = lanes_[lane];
  queue.insert(number);
  outbox_messages_.emplace(number, entry{std::move(x), std::move(lane)});
  if (queue.size() == 1)
    ready_.push_back(number);
}

std::vector<uint64_t> outbox::fill(const storage::store& from, uint32_t shard) {
  namespace keys = storage::keys;
  std::vector<uint64_t> unreadable;
  behind_ = false;
  auto first = keys::all_outbox_messages();
  from.scan(shard, first, keys::after(first),
            [&](std::string_view key, std::string_view record) {
              auto number = keys::read_outbox(key).value_or(0);
              if (deleting_.contains(number)
                  || outbox_messages_.contains(number))
                return true;
              auto what = storage::read_outbox_message(record);
              if (!what)
                unreadable.push_back(number);
              else
                add({number,
                     std::make_shared<const outbox_message>(std::move(*what))});
              return !behind_;
            });
  return unreadable;
}

bool outbox::must_fill() const {
  return behind_ && outbox_messages_.size() <= credit_;
}

std::vector<stored_outbox_message> outbox::take(instant now) {
  while (!waiting_.empty() && waiting_.begin()->first <= now) {
    ready_.push_back(waiting_.begin()->second);
    waiting_.erase(waiting_.begin());
  }
  std::vector<stored_outbox_message> out;
  while (!ready_.empty() && travelling_ < credit_) {
    ++travelling_;
    out.push_back(outbox_messages_.at(ready_.front()).what);
    ready_.pop_front();
  }
  return out;
}

void outbox::arrived(uint64_t number) {
  auto it = outbox_messages_.find(number);
  if (it == outbox_messages_.end())
    return;
  --travelling_;
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
