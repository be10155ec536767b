#pragma once

#include "actors/metrics/metric.hpp"
#include "actors/metrics/recent_quantiles.hpp"

#include <initializer_list>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tutti {

/// Series that begin when they are first counted. Their labels come from
/// outside: of more than so many the one that was counted longest ago is
/// forgotten, whatever its metric. Thread safe; to count again costs a look-up.
class series_table {
 public:
  using instant = recent_quantiles::instant;
  using values = std::initializer_list<std::string_view>;

  struct family {
    const char* name;
    const char* help;
    metric::kind what = metric::kind::counter;
    std::vector<const char*> labels = {};
  };
  /// The place of a family in the list.
  using family_number = size_t;

  series_table(std::vector<family> families, size_t series_max);

  /// One value for each label; a label whose value is empty is left out.
  void count(family_number in, values labels, double by = 1);
  void set(family_number in, values labels, double value);
  /// Of a summary. `now` is given by tests.
  void observe(family_number in, values labels, double value,
               instant now = recent_quantiles::instant::clock::now());

  std::vector<metric> metrics(instant now
                              = recent_quantiles::instant::clock::now());
  uint64_t forgotten() const;

 private:
  struct series {
    std::string key;
    family_number in;
    std::vector<std::string> labels;
    double value = 0;
    uint64_t count = 0;
    recent_quantiles recent;
  };

  series& find(family_number in, values labels);

  const std::vector<family> families_;
  const size_t series_max_;
  mutable std::mutex mutex_;
  std::list<series> order_; ///< counted longest ago first
  /// The keys are views of those in `order_`.
  std::unordered_map<std::string_view, std::list<series>::iterator> known_;
  std::string key_; ///< keeps its memory
  uint64_t forgotten_ = 0;
};

} // namespace tutti
