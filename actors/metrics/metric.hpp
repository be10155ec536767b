#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace tutti {

/// A metric whose value somebody keeps anyway, as it is at that moment.
struct metric {
  enum class kind { counter, gauge };
  struct sample {
    std::map<std::string, std::string> labels;
    double value = 0;
  };
  std::string name, help;
  kind what = kind::gauge;
  std::vector<sample> samples;
};

/// From any thread.
using metric_source = std::function<std::vector<metric>()>;

} // namespace tutti
