#pragma once

#include "messages/requests.hpp"

// The list of all requests. CAF's type ids, the gateway's interface, the APIs'
// port and the codecs are generated from it.

/// Requests of APIs to the gateway.
#define TUTTI_CLIENT_REQUESTS(X)                                               \
  X(start_workflow)                                                            \
  X(call_workflow)                                                             \
  X(restart_workflow)                                                          \
  X(rerun_workflow)                                                            \
  X(remove_workflow)                                                           \
  X(read_execution)                                                            \
  X(read_history)                                                              \
  X(explain_workflow)                                                          \
  X(verify_execution)                                                          \
  X(list_executions)                                                           \
  X(test_workflow)                                                             \
  X(find_correlated)                                                           \
  X(execute_workflow)                                                          \
  X(call_and_wait)                                                             \
  X(signal_workflow)                                                           \
  X(cancel_wait)                                                               \
  X(poll_tasks)                                                                \
  X(cancel_poll)                                                               \
  X(append_task_log)                                                           \
  X(read_task_logs)                                                            \
  X(read_queue_sizes)                                                          \
  X(read_queue_size)                                                           \
  X(list_queues)                                                               \
  X(describe_queues)                                                           \
  X(read_poll_data)                                                            \
  X(requeue_tasks)                                                             \
  X(peek_event_queue)                                                          \
  X(acknowledge_event)                                                         \
  X(preview_job)                                                               \
  X(create_job)                                                                \
  X(read_job)                                                                  \
  X(list_jobs)                                                                 \
  X(control_job)                                                               \
  X(read_job_errors)                                                           \
  X(read_retention)                                                            \
  X(run_retention)                                                             \
  X(list_archived)                                                             \
  X(register_workflows)                                                        \
  X(register_tasks)                                                            \
  X(register_schemas)                                                          \
  X(remove_workflow_definition)                                                \
  X(remove_task_definition)                                                    \
  X(remove_schema)                                                             \
  X(register_event_handlers)                                                   \
  X(remove_event_handler)                                                      \
  X(change_tags)                                                               \
  X(limit_workflow)                                                            \
  X(read_definitions)                                                          \
  X(check_scripts)                                                             \
  X(save_schedule)                                                             \
  X(remove_schedule)                                                           \
  X(read_schedule)                                                             \
  X(control_schedule)                                                          \
  X(tag_schedule)                                                              \
  X(list_schedules)                                                            \
  X(search_firings)                                                            \
  X(backfill_schedule)                                                         \
  X(trigger_schedule)                                                          \
  X(hold_schedules)                                                            \
  X(search_index)                                                              \
  X(summarize_executions)                                                      \
  X(read_index_status)                                                         \
  X(rebuild_index)                                                             \
  X(list_incidents)                                                            \
  X(release_incident)                                                          \
  X(advance_clock)

/// Requests between shards, queues and nodes.
#define TUTTI_SHARD_REQUESTS(X)                                                \
  X(locate_in_queue)                                                           \
  X(accept_outbox_message)                                                     \
  X(advance_key_attempt)                                                       \
  X(try_slot)                                                                  \
  X(read_slots)                                                                \
  X(read_execution_head)                                                       \
  X(watch_execution)                                                           \
  X(end_watch)                                                                 \
  X(scheduled_execution_ended)                                                 \
  X(change_definitions)                                                        \
  X(want_tasks)                                                                \
  X(tasks_ready)

#define TUTTI_REQUESTS(X)                                                      \
  TUTTI_CLIENT_REQUESTS(X)                                                     \
  TUTTI_SHARD_REQUESTS(X)

namespace tutti {

template <class... Requests>
struct request_types {
  /// `request_types<A, B>::apply<F>` is `F<A, B>`.
  template <template <class...> class F>
  using apply = F<Requests...>;
};

namespace request_list_detail {

struct none;
template <class None, class... Requests>
struct without_first {
  using type = request_types<Requests...>;
};

} // namespace request_list_detail

#define TUTTI_ITEM(name) , name
using client_requests = request_list_detail::without_first<
    request_list_detail::none TUTTI_CLIENT_REQUESTS(TUTTI_ITEM)>::type;
using all_requests = request_list_detail::without_first<
    request_list_detail::none TUTTI_REQUESTS(TUTTI_ITEM)>::type;
#undef TUTTI_ITEM

} // namespace tutti
