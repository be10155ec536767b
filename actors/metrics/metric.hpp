#pragma once

#include "messages/model/figures/histogram.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace tutti {

/// A metric whose value somebody keeps anyway, as it is at that moment.
struct metric {
  enum class kind { counter, gauge, histogram, summary };
  struct sample {
    std::map<std::string, std::string> labels;
    double value = 0; ///< of a histogram or a summary: the sum
    /// Of a histogram: upper bounds, and how many were at most that; the last
    /// one is infinite and counts all.
    std::vector<std::pair<double, uint64_t>> buckets = {};
    /// Of a summary: how many there were, and percentiles of the latest.
    uint64_t count = 0;
    std::vector<std::pair<double, double>> quantiles = {};
  };
  std::string name, help;
  kind what = kind::gauge;
  std::vector<sample> samples;
};

inline metric::sample sample_of(histogram::figures x,
                                std::map<std::string, std::string> labels
                                = {}) {
  return {std::move(labels), x.sum, std::move(x.buckets)};
}

/// From any thread.
using metric_source = std::function<std::vector<metric>()>;

} // namespace tutti
