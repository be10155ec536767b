#include "messages/model/bounds.hpp"

namespace tutti {

std::string sentence_of(const bound& which, uint64_t value, uint64_t limit,
                        std::string_view what) {
  std::string out(what.empty() ? which.what : what);
  auto amount = [&](uint64_t number) {
    out += std::to_string(number);
    if (!which.unit.empty())
      out.append(" ").append(which.unit);
  };
  out += " has ";
  amount(value);
  out += "; the limit is ";
  amount(limit);
  out.append(" (").append(which.setting);
  if (!which.share.empty())
    out.append(", ").append(which.share);
  out.append("). ").append(which.advice);
  return out;
}

void reached_bounds::add(const bound& which) {
  std::lock_guard guard{mutex_};
  ++counts_[which.setting];
}

std::map<std::string_view, uint64_t> reached_bounds::counts() const {
  std::lock_guard guard{mutex_};
  return counts_;
}

} // namespace tutti
