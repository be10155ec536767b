#include "actors/limits/rate_window.hpp"

#include <algorithm>

namespace tutti {

void rate_window::load(std::vector<grant> stored, int64_t now) {
  for (auto& x : stored) {
    x.at = std::min(x.at, now);
    for (; next_slot_ <= x.slot; ++next_slot_)
      free_.insert(next_slot_);
  }
  for (auto& x : stored)
    free_.erase(x.slot);
  grants_.insert(grants_.end(), std::make_move_iterator(stored.begin()),
                 std::make_move_iterator(stored.end()));
  std::stable_sort(grants_.begin(), grants_.end(),
                   [](auto& a, auto& b) { return a.at < b.at; });
}

void rate_window::forget(int64_t before) {
  while (!grants_.empty() && grants_.front().at <= before) {
    free_.insert(grants_.front().slot);
    grants_.pop_front();
  }
}

uint32_t rate_window::take_slot() {
  if (free_.empty())
    return next_slot_++;
  return free_.extract(free_.begin()).value();
}

const rate_window::grant& rate_window::add(int64_t now, std::string task_id) {
  grants_.push_back({now, take_slot(), std::move(task_id)});
  return grants_.back();
}

bool rate_window::take_back(std::string_view task_id) {
  auto i = std::find_if(grants_.rbegin(), grants_.rend(),
                        [&](auto& x) { return x.task_id == task_id; });
  if (i == grants_.rend())
    return false;
  free_.insert(i->slot);
  grants_.erase(std::next(i).base());
  return true;
}

} // namespace tutti
