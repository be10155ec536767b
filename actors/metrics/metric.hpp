#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace tutti {

/// A metric whose value somebody keeps anyway, as it is at that moment.
struct metric {
  enum class kind { counter, gauge, histogram };
  struct sample {
    std::map<std::string, std::string> labels;
    double value = 0; ///< of a histogram: the sum
    /// Of a histogram: upper bounds, and how many were at most that; the last
    /// one is infinite and counts all.
    std::vector<std::pair<double, uint64_t>> buckets = {};
  };
  std::string name, help;
  kind what = kind::gauge;
  std::vector<sample> samples;
};

/// From any thread.
using metric_source = std::function<std::vector<metric>()>;

} // namespace tutti
