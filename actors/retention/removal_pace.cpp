#include "actors/retention/removal_pace.hpp"

#include <algorithm>
#include <utility>

namespace tutti {

namespace removal_pace_detail {

using seconds = std::chrono::duration<double>;

/// Judged once a second, so that one slow moment halves the rate once.
constexpr std::chrono::seconds judging_pause{1};
/// The rate never stands still: somebody must notice that the disk is quick
/// again.
constexpr double rate_min = 1;
constexpr double step_part = 0.1;
/// What was not used is lost, but for this much.
constexpr std::chrono::milliseconds burst{100};

} // namespace removal_pace_detail

removal_pace::removal_pace(int64_t rate_max,
                           std::chrono::milliseconds latency_max, instant now)
    : rate_max_(double(std::max<int64_t>(rate_max, 1))), rate_(rate_max_),
      latency_max_(latency_max), next_(now), judged_(now) {}

void removal_pace::answered(duration latency, instant now) {
  using namespace removal_pace_detail;
  slow_ = slow_ || latency > latency_max_;
  if (now - judged_ < judging_pause)
    return;
  judged_ = now;
  if (std::exchange(slow_, false))
    rate_ = std::max(rate_min, rate_ / 2);
  else
    rate_ = std::min(rate_max_, rate_ + rate_max_ * step_part);
}

bool removal_pace::take(instant now) {
  using namespace removal_pace_detail;
  if (now < next_)
    return false;
  auto pause = std::chrono::duration_cast<duration>(seconds(1 / rate_));
  next_ = std::max<instant>(next_, now - burst) + pause;
  return true;
}

} // namespace tutti
