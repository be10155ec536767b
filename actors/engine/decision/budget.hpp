#pragma once

#include "actors/engine/decision/steps.hpp"
#include "messages/model/bounds.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace tutti::engine {

/// How much of one thing may still be used. What asks for more stops there,
/// makes nothing more and reports no error: who began looks at `exceeded`.
class allowance {
 public:
  allowance() = default; ///< without a limit
  allowance(const bound& which, uint64_t limit)
      : which_(&which), limit_(limit) {}

  /// False: that and all that follows is too much.
  bool take(uint64_t amount) {
    used_ = amount > ~used_ ? ~uint64_t{0} : used_ + amount;
    return used_ <= limit_;
  }
  bool exceeded() const { return used_ > limit_; }
  uint64_t used() const { return used_; }
  uint64_t limit() const { return limit_; }
  const bound* which() const { return which_; }
  std::string sentence(std::string_view what = {}) const {
    return sentence_of(*which_, used_, limit_, what);
  }

 private:
  const bound* which_ = nullptr;
  uint64_t limit_ = std::numeric_limits<uint64_t>::max();
  uint64_t used_ = 0;
};

/// What one decision may use. Counted alike on every machine, so that a
/// decision replays to the same end.
struct budget {
  /// Bytes that the expressions of the value at hand make; begun anew for each
  /// value (`resolve_input`, `resolve_output`).
  allowance text;
  /// Begun anew for each value (`step_budget::begin_value`).
  step_budget steps;
};

} // namespace tutti::engine
