#pragma once

#include "actors/metrics/metric.hpp"
#include "messages/model/definition_source.hpp"
#include "messages/requests.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

namespace tutti {

/// How many executions run, by workflow: asked of the search index once a
/// minute, as Conductor's monitor asks its own. Thread safe.
class running_executions {
 public:
  using instant = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::seconds pause{60};

  struct ports {
    std::function<void(envelope<search_index>)> ask;
    /// Whose owners are shown.
    std::function<std::shared_ptr<const definition_source>()> definitions;
  };
  explicit running_executions(ports x);

  /// Asks when it is time for that. From one thread.
  void look(instant now);

  /// As of the last answer; before it nothing.
  std::vector<metric> metrics() const;

 private:
  struct counts;

  const ports ports_;
  instant next_{};
  std::shared_ptr<counts> counts_; ///< shared with the question under way
};

} // namespace tutti
