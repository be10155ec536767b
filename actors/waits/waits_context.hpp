#pragma once

#include "actors/gateway/gateway_context.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>

namespace tutti {

struct waits_settings {
  /// Clients that wait at a time.
  size_t clients_max = 10'000;
  /// Executions that one client's wait looks at: the one that it named and its
  /// descendants.
  size_t executions_max = 100;
  /// Tasks that one client may name.
  size_t references_max = 100;
  std::chrono::milliseconds wait_max = std::chrono::hours(1);
};

/// How waits have ended.
struct waits_figures {
  std::atomic<uint64_t> waiting{0};
  std::array<std::atomic<uint64_t>, 5> ended{}; ///< by client_wait::ending

  std::vector<metric> metrics() const;
};

struct waits_context {
  waits_settings settings;
  gateway_context_pointer gateway;
  std::shared_ptr<waits_figures> figures = std::make_shared<waits_figures>();
};

using waits_context_pointer = std::shared_ptr<const waits_context>;

} // namespace tutti
