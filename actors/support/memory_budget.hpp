#pragma once

#include "actors/metrics/metric.hpp"
#include "messages/model/result.hpp"

#include <atomic>
#include <cstddef>
#include <optional>
#include <vector>

namespace tutti {

/// How much memory the node uses, against a soft budget. Written by whoever
/// measures (actors/node/node_watch), asked by anybody. Thread safe.
///
/// `tight`: executions sleep earlier, caches shrink. `spent`: new starts are
/// refused too; work that has begun goes on, because only its end frees memory.
class memory_budget {
 public:
  enum class level : uint8_t { plenty, tight, spent };

  struct usage {
    size_t resident = 0;  ///< what the system has given to the process
    size_t allocated = 0; ///< what is in use of that
  };

  /// 0: without a budget.
  explicit memory_budget(size_t bytes) : bytes_(bytes) {}

  void measured(usage now);

  size_t bytes() const { return bytes_; }
  level now() const { return level_.load(std::memory_order_relaxed); }
  bool tight() const { return now() != level::plenty; }
  bool spent() const { return now() == level::spent; }

  /// errc::too_many while the budget is spent; counted.
  std::optional<failure> refuse_start();

  std::vector<metric> metrics() const;

 private:
  const size_t bytes_;
  std::atomic<size_t> resident_{0}, allocated_{0};
  std::atomic<level> level_{level::plenty};
  std::atomic<uint64_t> shed_{0};
};

/// The share of the budget from which on it is tight.
constexpr size_t tight_percent = 75;

} // namespace tutti
