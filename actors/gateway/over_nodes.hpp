#pragma once

#include "actors/gateway/gateway_context.hpp"

namespace tutti {

// What each node has once is asked of all nodes, and their answers become one.
// If a node cannot be asked the request fails and names it: an answer is whole
// or there is none. Without other nodes this is one message, as it is.

void ask_nodes(const gateway_context_pointer& in, envelope<read_queue_sizes> x);
void ask_nodes(const gateway_context_pointer& in, envelope<read_queue_size> x);
void ask_nodes(const gateway_context_pointer& in, envelope<list_queues> x);
/// Each queue once per node that has it; `node` says which.
void ask_nodes(const gateway_context_pointer& in, envelope<describe_queues> x);
/// The latest poll of each type and domain.
void ask_nodes(const gateway_context_pointer& in, envelope<read_poll_data> x);
void ask_nodes(const gateway_context_pointer& in, envelope<requeue_tasks> x);
void ask_nodes(const gateway_context_pointer& in, envelope<peek_event_queue> x);
/// This node's answer; `nodes` has those of all.
void ask_nodes(const gateway_context_pointer& in, envelope<read_retention> x);
void ask_nodes(const gateway_context_pointer& in, envelope<run_retention> x);
void ask_nodes(const gateway_context_pointer& in, envelope<list_archived> x);
void ask_nodes(const gateway_context_pointer& in, envelope<search_index> x);
/// Counts are exact; percentiles are the greatest of a node.
void ask_nodes(const gateway_context_pointer& in,
               envelope<summarize_executions> x);
void ask_nodes(const gateway_context_pointer& in,
               envelope<read_index_status> x);
void ask_nodes(const gateway_context_pointer& in, envelope<rebuild_index> x);

/// The test clocks of the other nodes; this one's has moved.
void advance_other_clocks(const gateway_context& in,
                          const envelope<advance_clock>& x);

/// This node's part of the messages of an event queue.
void peek_here(storage::readers& by, size_t bytes_max,
               const envelope<peek_event_queue>& x);

} // namespace tutti
