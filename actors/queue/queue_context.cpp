#include "actors/queue/queue_context.hpp"

namespace tutti {

std::vector<metric> queue_node_figures::metrics() const {
  using kind = metric::kind;
  return {{"tutti_queues",
           "Task queues in memory",
           kind::gauge,
           {{{}, double(queues)}}},
          {"tutti_queues_given_up_total",
           "Queues that left memory because nobody used them",
           kind::counter,
           {{{}, double(given_up)}}}};
}

} // namespace tutti
