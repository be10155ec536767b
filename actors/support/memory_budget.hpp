#pragma once

#include "actors/metrics/metric.hpp"
#include "messages/model/memory/memory_account.hpp"
#include "messages/model/result.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace tutti {

/// How much memory the node uses, against a soft budget. Written by whoever
/// measures (actors/node/node_watch), asked by anybody. Thread safe.
///
/// `tight`: executions sleep earlier, caches shrink. `spent`: new starts are
/// refused too, and those that executions ask for wait in their outbox; work
/// that has begun goes on, because only its end frees memory.
class memory_budget {
 public:
  enum class level : uint8_t { plenty, tight, spent };

  struct usage {
    size_t resident = 0;      ///< what the system has given to the process
    size_t allocated = 0;     ///< what is in use of that
    size_t address_space = 0; ///< what it has taken of its address space
  };

  /// 0: without a budget. `address_space`: its limit, if there is one.
  explicit memory_budget(size_t bytes, size_t address_space = SIZE_MAX)
      : bytes_(bytes), address_space_(address_space) {}

  void measured(usage now);

  size_t bytes() const { return bytes_; }
  level now() const { return level_.load(std::memory_order_relaxed); }
  bool tight() const { return now() != level::plenty; }
  bool spent() const { return now() == level::spent; }

  /// A start whose input has so many bytes. errc::too_many while the budget is
  /// spent, or starts that are under way will spend it; counted. Small inputs
  /// have a reserve of a fifth beyond it. Otherwise `end_start` follows.
  std::optional<failure> begin_start(size_t input_bytes);
  /// The same for what keeps memory for good, such as a definition; nothing
  /// follows.
  std::optional<failure> admit() const;
  void end_start(size_t input_bytes) { begun_ -= weight_of(input_bytes); }

  std::vector<metric> metrics() const;

 private:
  /// Copies of an input while it is read, decided upon and written.
  static constexpr size_t copies = 10;
  static size_t weight_of(size_t input_bytes) { return copies * input_bytes; }
  static constexpr size_t reserve_percent = 120;
  size_t percent_of(size_t percent) const {
    return bytes_ / 100 * percent + bytes_ % 100;
  }

  const size_t bytes_, address_space_;
  std::atomic<size_t> begun_{0};
  std::atomic<size_t> resident_{0}, allocated_{0};
  std::atomic<size_t> percent_{0};
  std::atomic<level> level_{level::plenty};
  std::atomic<uint64_t> shed_{0};
};

std::vector<metric> metrics_of(const memory_account& x);

/// The share of the budget from which on it is tight.
constexpr size_t tight_percent = 75;

} // namespace tutti
