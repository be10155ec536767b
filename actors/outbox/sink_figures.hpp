#pragma once

#include "actors/metrics/metric.hpp"

#include <atomic>
#include <vector>

namespace tutti {

/// What the relays to other systems count, over all shards of a node.
struct sink_figures {
  std::atomic<int64_t> in_flight{0}; ///< given to a sink, not answered
  std::atomic<uint64_t> acknowledged{0}, failed{0};

  std::vector<metric> metrics() const {
    using kind = metric::kind;
    return {{"tutti_sink_messages_in_flight",
             "Messages that another system has not acknowledged yet",
             kind::gauge,
             {{{}, double(in_flight)}}},
            {"tutti_sink_messages_acknowledged_total",
             "Messages that other systems acknowledged",
             kind::counter,
             {{{}, double(acknowledged)}}},
            {"tutti_sink_failures_total",
             "Messages that another system did not take at once",
             kind::counter,
             {{{}, double(failed)}}}};
  }
};

} // namespace tutti
