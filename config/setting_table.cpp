#include "config/setting_table.hpp"

#include "config/setting_rows.hpp"

namespace tutti::config {

namespace setting_table_detail {

using yes = setting::yes_or_no;
using number = setting::number;
using text = setting::text;

const section sections[] = {
    {"http", "The REST API."},
    {"store", "The store."},
    {"store.postgres",
     "The store in PostgreSQL (store.engine = \"postgres\")."},
    {"node", "The process."},
    {"log", "How log lines are written."},
    {"memory", "The memory of the process."},
    {"executions", "Workflow executions."},
    {"queues", "Task queues and polling."},
    {"dry_runs",
     "Dry runs: workflows with mocked workers (POST /workflow/test)."},
    {"definitions", "Rules for registered definitions."},
    {"scripts", "Scripts in definitions: JavaScript and jq."},
    {"environment", "What workflows may read from the node's environment."},
    {"outbound", "Addresses that workflows may make the node connect to."},
    {"system_tasks",
     "HTTP and KAFKA_PUBLISH tasks, which this node performs itself."},
    {"http_tasks", "HTTP tasks."},
    {"kafka_tasks", "KAFKA_PUBLISH tasks."},
    {"messages", "Messages to executions, taken by PULL_WORKFLOW_MESSAGES."},
    {"waits", "Clients that wait for what an execution comes to."},
    {"events", "Internal event queues, filled by EVENT tasks."},
    {"schedules", "Schedules, and what is kept of their firings."},
    {"feed", "The feed of commits, for counters and indexes."},
    {"jobs", "Jobs: one action, to every execution that a query finds."},
    {"retention", "Retention: how long executions stay that have ended."},
    {"index", "The search index. It follows from the store and can be lost."},
    {"cluster",
     "Several nodes that are one Tutti: shards are pinned to nodes, and any "
     "node answers any request."},
};

constexpr int64_t day_ms = 86'400'000;

// clang-format does not know `-> auto&` within braces.
// clang-format off
const std::vector<setting>& table() {
  static const std::vector<setting> all = with_later_rows({
    {"http", "listen",
     text{[](settings& s) -> auto& { return s.http.listen; }},
     "Address to listen on. Requests are not authenticated, so the default is "
     "loopback; others need http.insecure."},
    {"http", "port",
     number{[](settings& s) -> auto& { return s.http.port; }, 0, 65'535},
     "Port of the REST API; 0 picks a free one."},
    {"http", "insecure",
     yes{[](settings& s) -> auto& { return s.http.insecure; }},
     "Listen on an address that others reach although requests are not "
     "authenticated. The node says so at each start."},
    {"http", "allowed_hosts",
     text{[](settings& s) -> auto& { return s.http.allowed_hosts; }, {}, true},
     "Names under which clients address this node, separated by commas: "
     "\"tutti.example.org, *.internal\"; \"*\" is any name. Addresses, names of "
     "loopback and the host's own name need not be listed. A request with "
     "another Host is answered 403."},
    {"http", "allowed_origins",
     text{[](settings& s) -> auto& { return s.http.allowed_origins; }, {}, true},
     "Origins whose pages may send requests from a browser, separated by "
     "commas: \"https://console.example.org\"; \"*\" is any origin. A request "
     "of another page is answered 403."},
    {"http", "threads",
     number{[](settings& s) -> auto& { return s.http.threads; }, 0, 64},
     "Threads that read and write connections; 0: one per two cores."},
    {"http", "header_kib_max",
     number{[](settings& s) -> auto& { return s.http.header_kib_max; }, 1, 1024},
     "Size of a request's line and headers. Larger ones are answered 414 or "
     "431."},
    {"http", "header_fields_max",
     number{[](settings& s) -> auto& { return s.http.header_fields_max; }, 8, 10'000},
     "Number of a request's header fields. More are answered 431."},
    {"http", "body_kib_max",
     number{[](settings& s) -> auto& { return s.http.body_kib_max; }, 1, 1 << 20},
     "Size of a request's body. Larger ones are answered 413."},
    {"http", "bodies_mib_max",
     number{[](settings& s) -> auto& { return s.http.bodies_mib_max; }, 1, 65'536},
     "Size of the bodies of all requests under way together, at least that of "
     "one body. Beyond it one that stands still goes, or the one that asks for "
     "more: 429. Bodies up to 64 KiB may use a quarter more."},
    {"http", "answer_kib_max",
     number{[](settings& s) -> auto& { return s.http.answer_kib_max; }, 1024, 1 << 20},
     "Size of an answer, at most a sixteenth of memory.budget_mib. Lists and "
     "polls stop before it; what cannot be divided is answered 413."},
    {"http", "large_body_kib",
     number{[](settings& s) -> auto& { return s.http.large_body_kib; }, 16, 1 << 20},
     "Requests with a larger body are read and checked on threads of their own "
     "(node.aside_threads), so that other clients need not wait for them."},
    {"http", "connections_max",
     number{[](settings& s) -> auto& { return s.http.connections_max; }, 1, 1'000'000},
     "Open connections. Further ones are answered 503."},
    {"http", "output_mib_max",
     number{[](settings& s) -> auto& { return s.http.output_mib_max; }, 1, 65'536},
     "Answers that clients have not read yet, divided among the threads; at "
     "most an eighth of memory.budget_mib. Beyond it the client that has read "
     "nothing for the longest time is disconnected."},
    {"http", "idle_timeout_ms",
     number{[](settings& s) -> auto& { return s.http.idle_timeout_ms; }, 100, day_ms},
     "A connection without a new request for this time is closed."},
    {"http", "request_timeout_ms",
     number{[](settings& s) -> auto& { return s.http.request_timeout_ms; }, 100, day_ms},
     "Time for a request, from its first byte to its last."},
    {"http", "write_timeout_ms",
     number{[](settings& s) -> auto& { return s.http.write_timeout_ms; }, 100, day_ms},
     "A client that reads no byte of its answer for this time is disconnected."},
    {"store", "engine",
     text{[](settings& s) -> auto& { return s.store.engine; },
          {"rocksdb", "postgres"}},
     "Where the store is: in the node's own directory, or in a database "
     "(store.postgres.url)."},
    {"store", "directory",
     text{[](settings& s) -> auto& { return s.store.directory; }},
     "Directory of the store, and of the search index; created if it is "
     "missing."},
    {"store", "shards",
     number{[](settings& s) -> auto& { return s.store.shards; }, 1, 1024},
     "Number of shards. A shard is the unit of ownership and recovery. Fixed "
     "when the store is created."},
    {"store", "cache_mib",
     number{[](settings& s) -> auto& { return s.store.cache_mib; }, 8, 1 << 20},
     "Memory that caches blocks of the store's files."},
    {"store", "group_kib_max",
     number{[](settings& s) -> auto& { return s.store.group_kib_max; }, 64, 1 << 20},
     "Commits up to this total size share one sync."},
    {"store", "commit_mib_max",
     number{[](settings& s) -> auto& { return s.store.commit_mib_max; }, 64, 1024},
     "Size of one commit. An execution whose decision would write more fails "
     "before it is written."},
    {"store", "write_buffer_mib",
     number{[](settings& s) -> auto& { return s.store.write_buffer_mib; }, 4, 4096},
     "Memory for rows that are not in a sorted file yet. More means less "
     "rewriting and a longer recovery."},
    {"store", "log_mib_max",
     number{[](settings& s) -> auto& { return s.store.log_mib_max; }, 16, 65'536},
     "Approximate size of all write-ahead logs; bounds the recovery time."},
    {"store", "background_jobs",
     number{[](settings& s) -> auto& { return s.store.background_jobs; }, 1, 64},
     "Threads that flush and compact."},
    {"store", "reader_threads",
     number{[](settings& s) -> auto& { return s.store.reader_threads; }, 1, 256},
     "Threads that read the store, for waking executions, queues, lists and "
     "histories."},
    {"store", "reads_waiting_max",
     number{[](settings& s) -> auto& { return s.store.reads_waiting_max; },
            100, 10'000'000},
     "Reads that wait for such a thread. Further ones are refused and retried "
     "later."},
    {"node", "workers",
     number{[](settings& s) -> auto& { return s.node.workers; }, 0, 1024},
     "Threads that run actors; 0: one per core, and two at least, so that a "
     "long step of one workflow does not hold up all others."},
    {"node", "gateways",
     number{[](settings& s) -> auto& { return s.node.gateways; }, 0, 1024},
     "Actors that accept requests; 0: one per two cores."},
    {"node", "drain_seconds",
     number{[](settings& s) -> auto& { return s.node.drain_seconds; }, 1, 3600},
     "A stopping node has this long to finish what is running."},
    {"node", "failed_seconds",
     number{[](settings& s) -> auto& { return s.node.failed_seconds; }, 0, 86'400},
     "A node whose disk has failed still answers reads and /readyz for this "
     "long, then ends with exit code 1 so that it is started again."},
    {"node", "aside_threads",
     number{[](settings& s) -> auto& { return s.node.aside_threads; }, 1, 64},
     "Threads for large bodies, and as many for large executions and lists: "
     "what takes long and must not keep others waiting."},
    {"node", "aside_waiting_max",
     number{[](settings& s) -> auto& { return s.node.aside_waiting_max; }, 1, 100'000},
     "Such requests that wait for a thread. Further ones are answered 429."},
    {"node", "metric_series_max",
     number{[](settings& s) -> auto& { return s.node.metric_series_max; }, 100, 10'000'000},
     "Combinations of names that metrics are counted for. Of more, the one that "
     "was counted longest ago is forgotten."},
    {"node", "test_clock",
     yes{[](settings& s) -> auto& { return s.node.test_clock; }},
     "Lets clients move the node's clock forward. For tests of workflows "
     "that wait; never where time matters."},
    {"node", "log_level",
     text{[](settings& s) -> auto& { return s.node.log_level; }, {"debug", "info", "warn", "error", "off"}},
     "Least severe messages that are logged, to standard error."},
    {"log", "format",
     text{[](settings& s) -> auto& { return s.log.format; }, {"text", "json"}},
     "How log lines are written: text (key=value) or json, an object per line. "
     "Both name the request, the execution and the task that a line is about."},
    {"memory", "budget_mib",
     number{[](settings& s) -> auto& { return s.memory.budget_mib; }, 0, 16'777'216},
     "Memory the node may use, caches included; 0: half of what the machine or "
     "its control group has. From three quarters on executions sleep earlier "
     "and caches shrink; beyond it new starts and definitions are answered "
     "429, and starts that executions ask for wait."},
    {"memory", "heavy_mib",
     number{[](settings& s) -> auto& { return s.memory.heavy_mib; }, 0, 16'777'216},
     "Memory for heavy things of all callers together: parsed documents over "
     "32 KiB of text, results of expressions, executions over 1 MiB, responses "
     "of other systems; 0: half of memory.budget_mib. Beyond it executions "
     "wait before they wake, and what cannot wait is answered 429."},
    {"memory", "document_mib_max",
     number{[](settings& s) -> auto& { return s.memory.document_mib_max; }, 1, 1 << 20},
     "What a JSON document, all that the expressions of one decision read, or "
     "the result of one may take in memory, at most a quarter of "
     "memory.heavy_mib: some 16 to 100 bytes for each value. Larger documents "
     "are answered 413; a task with one fails."},
    {"memory", "wait_ms",
     number{[](settings& s) -> auto& { return s.memory.wait_ms; }, 0, 600'000},
     "How long an execution over 1 MiB waits for memory before it wakes; "
     "then whoever addressed it is answered 429."},
    {"memory", "waiting_max",
     number{[](settings& s) -> auto& { return s.memory.waiting_max; }, 1, 1'000'000},
     "Executions and responses that wait for memory. Further ones are answered "
     "429."},
    {"executions", "deferred_commit_ms",
     number{[](settings& s) -> auto& { return s.executions.deferred_commit_ms; }, 0, 10'000},
     "How long the record that a task was handed out may wait for another "
     "commit. If a crash loses the record, the task is offered again.",
     "linger_ms"},
    {"executions", "idle_sleep_ms",
     number{[](settings& s) -> auto& { return s.executions.idle_sleep_ms; }, 10, day_ms},
     "An execution without requests for this time leaves memory."},
    {"executions", "terminal_sleep_ms",
     number{[](settings& s) -> auto& { return s.executions.terminal_sleep_ms; }, 10, day_ms},
     "An execution that has ended leaves memory after this time."},
    {"executions", "active_max",
     number{[](settings& s) -> auto& { return s.executions.active_max; }, 1, 10'000'000},
     "Executions in memory. Beyond it the longest idle ones leave first.",
     "resident_max"},
    {"executions", "crash_limit",
     number{[](settings& s) -> auto& { return s.executions.crash_limit; }, 1, 1000},
     "After this many crashes within crash_window_ms an execution is put aside "
     "until an operator releases it."},
    {"executions", "crash_window_ms",
     number{[](settings& s) -> auto& { return s.executions.crash_window_ms; }, 1, day_ms},
     "See crash_limit."},
    {"executions", "snapshot_revisions_min",
     number{[](settings& s) -> auto& { return s.executions.snapshot_revisions_min; }, 1, 1'000'000},
     "A snapshot is taken after this many changes at the earliest."},
    {"executions", "timer_window",
     number{[](settings& s) -> auto& { return s.executions.timer_window; }, 16, 10'000'000},
     "Deadlines of one shard in memory; later ones stay in the store."},
    {"executions", "outbox_credit",
     number{[](settings& s) -> auto& { return s.executions.outbox_credit; }, 1, 1'000'000},
     "Messages between executions that one shard has under way at a time. Others "
     "wait behind all of them, when an execution starts thousands.",
     "courier_credit"},
    {"executions", "outbox_credit_kib",
     number{[](settings& s) -> auto& { return s.executions.outbox_credit_kib; }, 1, 1 << 20},
     "The same in KiB of their payloads: what they set off is commits of "
     "several times their size. One message may always go."},
    {"executions", "starts_in_flight_max",
     number{[](settings& s) -> auto& { return s.executions.starts_in_flight_max; }, 1, 10'000'000},
     "Starts that wait for their commit. Further ones are answered as "
     "unavailable at once."},
    {"executions", "input_kib_max",
     number{[](settings& s) -> auto& { return s.executions.input_kib_max; }, 1, 1 << 20},
     "Size of an execution's input."},
    {"executions", "output_kib_max",
     number{[](settings& s) -> auto& { return s.executions.output_kib_max; }, 1, 1 << 20},
     "Size of an execution's output, at most a sixteenth of store.commit_mib_max. "
     "With a larger one it is FAILED."},
    {"executions", "task_input_kib_max",
     number{[](settings& s) -> auto& { return s.executions.task_input_kib_max; }, 1, 1 << 20},
     "Size of a task's input. A task with a larger one is "
     "FAILED_WITH_TERMINAL_ERROR."},
    {"executions", "task_output_kib_max",
     number{[](settings& s) -> auto& { return s.executions.task_output_kib_max; }, 1, 1 << 20},
     "Size of a task's output. A task with a larger one is "
     "FAILED_WITH_TERMINAL_ERROR."},
    {"executions", "task_payload_kib_warning",
     number{[](settings& s) -> auto& { return s.executions.task_payload_kib_warning; }, 1, 1 << 20},
     "Inputs and outputs of tasks beyond this size are counted "
     "(tutti_large_payloads_total)."},
    {"executions", "variables_kib_max",
     number{[](settings& s) -> auto& { return s.executions.variables_kib_max; }, 1, 1 << 20},
     "Size of an execution's variables."},
    {"executions", "execution_mib_max",
     number{[](settings& s) -> auto& { return s.executions.execution_mib_max; }, 1, 1024},
     "Size of an execution: the payloads and texts of its tasks, its "
     "variables, and the messages that wait in it; at most an eighth of "
     "memory.budget_mib. Reaching it fails the task at hand and the "
     "execution."},
    {"executions", "history_mib_max",
     number{[](settings& s) -> auto& { return s.executions.history_mib_max; }, 1, 1 << 20},
     "Size of all changes of an execution, also of tasks that a loop "
     "removed. Reaching it fails the task at hand and the execution."},
    {"executions", "reason_characters_max",
     number{[](settings& s) -> auto& { return s.executions.reason_characters_max; }, 16, 1'000'000},
     "Reasons for failures are cut at this length."},
    {"executions", "log_lines_max",
     number{[](settings& s) -> auto& { return s.executions.log_lines_max; }, 1, 10'000'000},
     "Lines of one task's log. Further ones are answered 413; those that come "
     "with an update are dropped."},
    {"executions", "log_kib_max",
     number{[](settings& s) -> auto& { return s.executions.log_kib_max; }, 1, 1 << 20},
     "Size of one task's log, with the same effect."},
    {"executions", "tasks_max",
     number{[](settings& s) -> auto& { return s.executions.tasks_max; }, 1, 10'000'000},
     "Tasks of one execution, loop iterations included."},
    {"executions", "depth_max",
     number{[](settings& s) -> auto& { return s.executions.depth_max; }, 1, 1'000},
     "Length of a chain of executions that start one another by SUB_WORKFLOW, "
     "START_WORKFLOW or failureWorkflow. The next one is refused."},
    {"executions", "json_depth_max",
     number{[](settings& s) -> auto& { return s.executions.json_depth_max; }, 10, 900},
     "How deep lists and objects of a task's input or output may lie in one "
     "another. A task with a deeper one fails."},
    {"executions", "fork_branches_max",
     number{[](settings& s) -> auto& { return s.executions.fork_branches_max; }, 1, 10'000'000},
     "Branches of one dynamic fork."},
    {"executions", "decision_events_max",
     number{[](settings& s) -> auto& { return s.executions.decision_events_max; }, 10, 1'000'000},
     "A decision with more changes than this, for example of a long loop, is "
     "committed in parts."},
    {"executions", "decision_mib_max",
     number{[](settings& s) -> auto& { return s.executions.decision_mib_max; }, 1, 1024},
     "A decision that changes more than this, or than a 128th of "
     "memory.budget_mib, is committed in parts."},
    {"executions", "part_steps",
     number{[](settings& s) -> auto& { return s.executions.part_steps; }, 1'000, 1'000'000'000'000},
     "A decision that costs more steps than this is committed in parts; others "
     "have their turn in between. A step is about 10 ns of work."},
    {"executions", "decision_steps_max",
     number{[](settings& s) -> auto& { return s.executions.decision_steps_max; }, 1'000, 1'000'000'000'000},
     "Steps of a decision that cannot be committed in parts. Further tasks are "
     "FAILED_WITH_TERMINAL_ERROR."},
    {"executions", "expression_steps_max",
     number{[](settings& s) -> auto& { return s.executions.expression_steps_max; }, 1'000, 1'000'000'000'000},
     "Steps of the expressions of one task, condition or output. A task that "
     "needs more is FAILED_WITH_TERMINAL_ERROR."},
    {"executions", "schema_steps_max",
     number{[](settings& s) -> auto& { return s.executions.schema_steps_max; }, 1'000, 1'000'000'000'000},
     "Steps of one check against a JSON Schema. What needs more does not fit."},
    {"executions", "family_executions_max",
     number{[](settings& s) -> auto& { return s.executions.family_executions_max; }, 1, 1 << 30},
     "Executions that start one another by SUB_WORKFLOW, START_WORKFLOW or "
     "failureWorkflow, beginning with the one that a client started. Further "
     "starts are refused."},
    {"executions", "family_mib_max",
     number{[](settings& s) -> auto& { return s.executions.family_mib_max; }, 1, 1 << 30},
     "Size of the inputs of all executions of such a family together. Further "
     "starts are refused."},
    {"executions", "families_known_max",
     number{[](settings& s) -> auto& { return s.executions.families_known_max; }, 100, 100'000'000},
     "Families whose sizes a shard remembers. Of more, the small ones are "
     "forgotten and counted anew."},
    {"executions", "for_each_parallel",
     number{[](settings& s) -> auto& { return s.executions.for_each_parallel; }, 1, 100'000},
     "Items that a FOR_EACH without maxParallel runs at a time."},
    {"executions", "goto_jumps_max",
     number{[](settings& s) -> auto& { return s.executions.goto_jumps_max; }, 1, 1'000'000},
     "Jumps of one GOTO task; its maxJumps cannot exceed it."},
    {"executions", "output_cache_entries_max",
     number{[](settings& s) -> auto& { return s.executions.output_cache_entries_max; }, 0, 100'000'000},
     "Cached outputs (cacheConfig). Beyond it those that expire first are "
     "dropped.",
     "kept_outputs_max"},
    {"executions", "output_cache_mib_max",
     number{[](settings& s) -> auto& { return s.executions.output_cache_mib_max; }, 0, 1 << 20},
     "Memory of cached outputs. Beyond it those that expire first are dropped.",
     "kept_outputs_mib_max"},
    {"executions", "queue_repair_ms",
     number{[](settings& s) -> auto& { return s.executions.queue_repair_ms; }, 1, day_ms},
     "A task that was removed from its queue by the API is offered there "
     "again after this time (Conductor's workflowOffsetTimeout)."},
    {"queues", "window_rows_max",
     number{[](settings& s) -> auto& { return s.queues.window_rows_max; }, 16, 10'000'000},
     "Waiting tasks of one queue in memory; later ones stay in the store."},
    {"queues", "poll_tasks_max",
     number{[](settings& s) -> auto& { return s.queues.poll_tasks_max; }, 1, 100'000},
     "A poll gets no more tasks than this, whatever it asks for."},
    {"queues", "poll_name_bytes_max",
     number{[](settings& s) -> auto& { return s.queues.poll_name_bytes_max; }, 100, 65'536},
     "Length of the task type, the domain and the worker id of a poll, each: "
     "they are kept, and label metrics. Longer ones are answered 400."},
    {"queues", "poll_data_max",
     number{[](settings& s) -> auto& { return s.queues.poll_data_max; }, 10, 10'000'000},
     "Task types and domains whose last poll is remembered. Of more, the one "
     "that was polled longest ago is forgotten."},
    {"queues", "active_worker_seconds",
     number{[](settings& s) -> auto& { return s.queues.active_worker_seconds; }, 1, 86'400},
     "A domain counts as active if a worker has polled it within this time."},
    {"queues", "hand_out_retry_ms",
     number{[](settings& s) -> auto& { return s.queues.hand_out_retry_ms; }, 1, day_ms},
     "A task whose execution did not answer is offered again after this "
     "time."},
    {"queues", "hand_out_check_ms",
     number{[](settings& s) -> auto& { return s.queues.hand_out_check_ms; }, 100, day_ms},
     "If a hand-out is not recorded within this time, the node checks in the "
     "store whether the task still waits."},
    {"queues", "poll_data_write_ms",
     number{[](settings& s) -> auto& { return s.queues.poll_data_write_ms; }, 10, day_ms},
     "How often the last polls are written at most. A crash loses later polls."},
    {"queues", "idle_seconds",
     number{[](settings& s) -> auto& { return s.queues.idle_seconds; }, 1, 86'400},
     "A queue that nobody used for this time leaves memory. Its tasks stay in "
     "the store, and it comes back with the next poll or task."},
    {"queues", "tight_idle_ms",
     number{[](settings& s) -> auto& { return s.queues.tight_idle_ms; }, 100, 86'400'000},
     "The same while memory is tight (memory.budget_mib)."},
    {"dry_runs", "parallel",
     number{[](settings& s) -> auto& { return s.dry_runs.parallel; }, 1, 256},
     "Dry runs that run at a time, each on a thread of its own."},
    {"dry_runs", "waiting_max",
     number{[](settings& s) -> auto& { return s.dry_runs.waiting_max; }, 0, 100'000},
     "Dry runs that wait for a thread. Further ones are answered 429."},
    {"dry_runs", "time_limit_ms",
     number{[](settings& s) -> auto& { return s.dry_runs.time_limit_ms; }, 10, day_ms},
     "Real time of a dry run; a longer one is stopped."},
    {"dry_runs", "virtual_days_max",
     number{[](settings& s) -> auto& { return s.dry_runs.virtual_days_max; }, 1, 36'500},
     "Virtual time of a dry run; a longer one is stopped."},
    {"dry_runs", "tasks_max",
     number{[](settings& s) -> auto& { return s.dry_runs.tasks_max; }, 1, 10'000'000},
     "Tasks that a dry run may schedule; beyond it the dry run is stopped."},
    {"dry_runs", "decisions_max",
     number{[](settings& s) -> auto& { return s.dry_runs.decisions_max; }, 1, 100'000'000},
     "Decisions of a dry run; beyond it the dry run is stopped."},
    {"dry_runs", "executions_max",
     number{[](settings& s) -> auto& { return s.dry_runs.executions_max; }, 1, 1'000'000},
     "Executions of a dry run, sub-workflows included; beyond it the dry run "
     "is stopped."},
    {"dry_runs", "timeline_max",
     number{[](settings& s) -> auto& { return s.dry_runs.timeline_max; }, 0, 10'000'000},
     "Entries of a dry run's timeline; later ones are left out."},
    {"dry_runs", "mib_max",
     number{[](settings& s) -> auto& { return s.dry_runs.mib_max; }, 1, 65536},
     "Size of all executions of a dry run together, at most a 32nd of "
     "memory.budget_mib. Reaching it ends the dry run."},
    {"definitions", "owner_email_mandatory",
     yes{[](settings& s) -> auto& { return s.definitions.owner_email_mandatory; }},
     "Definitions need an ownerEmail."},
    {"definitions", "name_validation",
     yes{[](settings& s) -> auto& { return s.definitions.name_validation; }},
     "Names of workflows are limited to letters, digits, blanks and "
     "<>{}#-_."},
    {"definitions", "tags_max",
     number{[](settings& s) -> auto& { return s.definitions.tags_max; }, 1, 10'000},
     "Tags of a workflow, or of a task definition. More are answered 429."},
    {"definitions", "memory_mib_max",
     number{[](settings& s) -> auto& { return s.definitions.memory_mib_max; }, 1, 1 << 20},
     "What all registered definitions may take in memory, at most an eighth of "
     "memory.budget_mib. One that does not fit is answered 413."},
    {"scripts", "evaluator",
     text{[](settings& s) -> auto& { return s.scripts.evaluator; }, {}, true},
     "The program that runs scripts in processes of their own; empty: the "
     "tutti-evaluator next to tuttid."},
    {"scripts", "time_limit_ms",
     number{[](settings& s) -> auto& { return s.scripts.time_limit_ms; }, 10, 3'600'000},
     "A script is stopped after this time."},
    {"scripts", "memory_mib",
     number{[](settings& s) -> auto& { return s.scripts.memory_mib; }, 16, 4'000},
     "Heap of one script."},
    {"scripts", "evaluators",
     number{[](settings& s) -> auto& { return s.scripts.evaluators; }, 1, 256},
     "Scripts that run at a time. Each uses a process per language, started on "
     "first use."},
    {"scripts", "reserve_evaluators",
     number{[](settings& s) -> auto& { return s.scripts.reserve_evaluators; }, 0, 256},
     "Additional evaluators, used when a script has waited for "
     "reserve_after_ms because scripts that do not end occupy the others, or "
     "the load is too high. Definitions take turns; one alone occupies at most "
     "'evaluators' or half of all, whichever is more."},
    {"scripts", "reserve_after_ms",
     number{[](settings& s) -> auto& { return s.scripts.reserve_after_ms; }, 1, 3'600'000},
     "How long a script waits before an evaluator of the reserve takes it."},
    {"scripts", "waiting_max",
     number{[](settings& s) -> auto& { return s.scripts.waiting_max; }, 1, 1'000'000},
     "Scripts that wait for an evaluator. Beyond it requests that may need a "
     "script are answered as unavailable; timers and messages between "
     "executions are retried."},
    {"scripts", "source_kib_max",
     number{[](settings& s) -> auto& { return s.scripts.source_kib_max; }, 1, 16'384},
     "Size of a script."},
    {"scripts", "input_kib_max",
     number{[](settings& s) -> auto& { return s.scripts.input_kib_max; }, 1, 1 << 20},
     "Size of a script's input."},
    {"scripts", "result_kib_max",
     number{[](settings& s) -> auto& { return s.scripts.result_kib_max; }, 1, 1 << 20},
     "Size of a script's result. A larger one is an error of its task."},
    {"environment", "variable_prefix",
     text{[](settings& s) -> auto& { return s.environment.variable_prefix; }},
     "${workflow.env.X} is the environment variable with this prefix before X."},
    {"environment", "secret_prefix",
     text{[](settings& s) -> auto& { return s.environment.secret_prefix; }},
     "${workflow.secrets.X} is the environment variable with this prefix "
     "before X."},
    {"environment", "names",
     text{[](settings& s) -> auto& { return s.environment.names; }, {}, true},
     "Environment variables that ${NAME} may read, separated by commas."},
    {"outbound", "allowed_networks",
     text{[](settings& s) -> auto& { return s.outbound.allowed_networks; }, {}, true},
     "Networks that tasks may connect to besides public addresses, separated "
     "by commas: \"10.0.0.0/8, 192.168.1.5, fd00::/8\". Other loopback, "
     "private, link-local and special addresses are refused, whichever name "
     "resolves to them."},
    {"system_tasks", "concurrency",
     number{[](settings& s) -> auto& { return s.system_tasks.concurrency; }, 1, 1000},
     "Tasks of one type that run at a time."},
    {"system_tasks", "isolated",
     yes{[](settings& s) -> auto& { return s.system_tasks.isolated; }},
     "Also serve the queues of tasks with an isolationGroupId."},
    {"system_tasks", "isolated_concurrency",
     number{[](settings& s) -> auto& { return s.system_tasks.isolated_concurrency; }, 1, 1000},
     "Tasks of one isolation group or namespace that run at a time."},
    {"system_tasks", "execution_namespace",
     text{[](settings& s) -> auto& { return s.system_tasks.execution_namespace; }, {}, true},
     "Serve only tasks with this executionNameSpace; empty: all."},
    {"system_tasks", "lease_grace_ms",
     number{[](settings& s) -> auto& { return s.system_tasks.lease_grace_ms; }, 100, day_ms},
     "If the node dies, its task is offered again this long after the longest "
     "time that its work may take."},
    {"system_tasks", "timeout_ms_max",
     number{[](settings& s) -> auto& { return s.system_tasks.timeout_ms_max; }, 100, day_ms},
     "Tasks cannot ask for a longer timeout than this."},
    {"http_tasks", "connect_timeout_ms",
     number{[](settings& s) -> auto& { return s.http_tasks.connect_timeout_ms; }, 1, day_ms},
     "For tasks whose connectionTimeOut is null."},
    {"http_tasks", "read_timeout_ms",
     number{[](settings& s) -> auto& { return s.http_tasks.read_timeout_ms; }, 1, day_ms},
     "For tasks whose readTimeOut is null."},
    {"http_tasks", "transfer_ms",
     number{[](settings& s) -> auto& { return s.http_tasks.transfer_ms; }, 0, day_ms},
     "How much longer than the task's two timeouts together a response may "
     "take while it makes progress."},
    {"http_tasks", "response_kib_max",
     number{[](settings& s) -> auto& { return s.http_tasks.response_kib_max; }, 1, 1 << 20},
     "Headers and body of a response, decompressed. A larger one fails its "
     "task."},
    {"http_tasks", "redirects_max",
     number{[](settings& s) -> auto& { return s.http_tasks.redirects_max; }, 0, 50},
     "Redirects that a GET or HEAD follows."},
    {"http_tasks", "ca_file",
     text{[](settings& s) -> auto& { return s.http_tasks.ca_file; }, {}, true},
     "Certificates to trust, PEM, instead of the system's; empty: the system's."},
    {"kafka_tasks", "request_timeout_ms",
     number{[](settings& s) -> auto& { return s.kafka_tasks.request_timeout_ms; }, 1, 900'000},
     "For tasks without requestTimeoutMs."},
    {"kafka_tasks", "block_ms",
     number{[](settings& s) -> auto& { return s.kafka_tasks.block_ms; }, 1, day_ms},
     "For tasks without maxBlockMs."},
    {"kafka_tasks", "producers_max",
     number{[](settings& s) -> auto& { return s.kafka_tasks.producers_max; }, 1, 1000},
     "Producers (connections to a cluster) that are open at a time."},
    {"kafka_tasks", "idle_close_ms",
     number{[](settings& s) -> auto& { return s.kafka_tasks.idle_close_ms; }, 100, day_ms},
     "A producer that was idle for this time is closed."},
    {"kafka_tasks", "security_servers",
     text{[](settings& s) -> auto& { return s.kafka_tasks.security_servers; }, {}, true},
     "Brokers, host:port separated by commas, to which the settings below "
     "apply. Tasks connect to all others in plain text and without a password, "
     "so that no definition can have a password sent to a broker of its own."},
    {"kafka_tasks", "security_protocol",
     text{[](settings& s) -> auto& { return s.kafka_tasks.security_protocol; }, {"plaintext", "ssl", "sasl_plaintext", "sasl_ssl"}, false},
     "Protocol for those brokers."},
    {"kafka_tasks", "sasl_mechanism",
     text{[](settings& s) -> auto& { return s.kafka_tasks.sasl_mechanism; }, {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"}, false},
     "For the sasl_ protocols."},
    {"kafka_tasks", "sasl_username",
     text{[](settings& s) -> auto& { return s.kafka_tasks.sasl_username; }, {}, true},
     "For the sasl_ protocols."},
    {"kafka_tasks", "sasl_password_secret",
     text{[](settings& s) -> auto& { return s.kafka_tasks.sasl_password_secret; }, {}, true},
     "The name of the secret with the password: X is the environment variable "
     "with environment.secret_prefix before X."},
    {"kafka_tasks", "ssl_ca_file",
     text{[](settings& s) -> auto& { return s.kafka_tasks.ssl_ca_file; }, {}, true},
     "Certificates to trust, PEM; empty: the system's."},
    {"kafka_tasks", "ssl_certificate_file",
     text{[](settings& s) -> auto& { return s.kafka_tasks.ssl_certificate_file; }, {}, true},
     "The node's own certificate, PEM, for brokers that ask for one."},
    {"kafka_tasks", "ssl_key_file",
     text{[](settings& s) -> auto& { return s.kafka_tasks.ssl_key_file; }, {}, true},
     "Its private key, PEM."},
    {"kafka_tasks", "ssl_key_password_secret",
     text{[](settings& s) -> auto& { return s.kafka_tasks.ssl_key_password_secret; }, {}, true},
     "The name of the secret with the private key's password."},
    {"messages", "enabled",
     yes{[](settings& s) -> auto& { return s.messages.enabled; }},
     "Executions accept messages. (Conductor's default is off.)"},
    {"messages", "queue_max",
     number{[](settings& s) -> auto& { return s.messages.queue_max; }, 1, 100'000},
     "Messages in one execution's inbox. Further ones are answered 429."},
    {"messages", "inbox_kib_max",
     number{[](settings& s) -> auto& { return s.messages.inbox_kib_max; }, 1, 1 << 20},
     "Size of the messages in one execution's inbox. Further ones are "
     "answered 429."},
    {"messages", "ttl_seconds",
     number{[](settings& s) -> auto& { return s.messages.ttl_seconds; }, 1, 86'400 * 365},
     "A message that no task has taken within this time is dropped."},
    {"messages", "batch_max",
     number{[](settings& s) -> auto& { return s.messages.batch_max; }, 1, 100'000},
     "Messages that a task takes at a time."},
    {"waits", "clients_max",
     number{[](settings& s) -> auto& { return s.waits.clients_max; }, 1, 1'000'000},
     "Clients that wait at a time (execute, signal/sync, state). Further ones "
     "are answered 429."},
    {"waits", "execution_clients_max",
     number{[](settings& s) -> auto& { return s.waits.execution_clients_max; }, 1, 100'000},
     "Clients that wait for one execution. Further ones get its state at "
     "once."},
    {"waits", "executions_max",
     number{[](settings& s) -> auto& { return s.waits.executions_max; }, 1, 10'000},
     "Executions that one wait or signal looks at: the one that the client "
     "named, and running sub-workflows, the first ones first."},
    {"waits", "references_max",
     number{[](settings& s) -> auto& { return s.waits.references_max; }, 1, 10'000},
     "Tasks in one waitUntilTaskRef. More are refused."},
    {"waits", "seconds_max",
     number{[](settings& s) -> auto& { return s.waits.seconds_max; }, 1, 86'400},
     "The longest wait that a client may ask for."},
    {"events", "queue_messages_max",
     number{[](settings& s) -> auto& { return s.events.queue_messages_max; }, 1, 100'000'000},
     "Unacknowledged messages of one queue. An EVENT task that would add one "
     "more fails."},
    {"events", "message_hours_max",
     number{[](settings& s) -> auto& { return s.events.message_hours_max; }, 0, 1'000'000},
     "A message that is not acknowledged within this time is dropped; 0 keeps "
     "it for ever."},
    {"schedules", "count_max",
     number{[](settings& s) -> auto& { return s.schedules.count_max; }, 0, 10'000'000},
     "Schedules of the node; one more is refused."},
    {"schedules", "definition_kib_max",
     number{[](settings& s) -> auto& { return s.schedules.definition_kib_max; }, 1, 16'384},
     "Size of a schedule, with the input of its workflow; a larger one is "
     "refused."},
    {"schedules", "starts_in_flight_max",
     number{[](settings& s) -> auto& { return s.schedules.starts_in_flight_max; }, 1, 1'000'000},
     "Starts by the schedules of one shard that are under way; further "
     "instants wait for one to be answered."},
    {"schedules", "firings_max",
     number{[](settings& s) -> auto& { return s.schedules.firings_max; }, 1, 1'000'000},
     "Firings of one schedule that are kept to be read; the oldest are "
     "erased."},
    {"schedules", "firing_days_max",
     number{[](settings& s) -> auto& { return s.schedules.firing_days_max; }, 1, 36'500},
     "Firings that are older are erased."},
    {"schedules", "backfill_max",
     number{[](settings& s) -> auto& { return s.schedules.backfill_max; }, 1, 100'000},
     "Instants of one schedule that wait for a backfill; a request for more "
     "is refused."},
    {"schedules", "search_rows_max",
     number{[](settings& s) -> auto& { return s.schedules.search_rows_max; }, 1, 100'000'000},
     "Firings of a shard that one search looks at."},
    {"schedules", "grace_ms",
     number{[](settings& s) -> auto& { return s.schedules.grace_ms; }, 0, 86'400'000},
     "An instant that comes later than this after its time was missed; the "
     "catch-up policy of its schedule decides."},
    {"schedules", "catchup_window_s",
     number{[](settings& s) -> auto& { return s.schedules.catchup_window_s; }, 0, 3'153'600'000},
     "How far back missed instants are made up for, if the schedule does "
     "not say (catchupWindowSeconds)."},
    {"schedules", "catchup_max",
     number{[](settings& s) -> auto& { return s.schedules.catchup_max; }, 0, 100'000},
     "The most recent missed instants of a schedule that are made up for; "
     "earlier ones are only reported."},
    {"feed", "lag_entries_max",
     number{[](settings& s) -> auto& { return s.feed.lag_entries_max; }, 1'000, 1'000'000'000},
     "Feed entries of one shard that are kept for a follower. A follower that is "
     "further behind must rebuild its data."},
  });
  return all;
}
// clang-format on

} // namespace setting_table_detail

std::span<const setting> all_settings() {
  return setting_table_detail::table();
}

std::span<const section> all_sections() {
  return setting_table_detail::sections;
}

const setting* find_setting(std::string_view path) {
  for (auto& x : all_settings())
    if (path.size() == x.section.size() + 1 + x.name.size()
        && path.starts_with(x.section) && path[x.section.size()] == '.'
        && path.ends_with(x.name))
      return &x;
  return nullptr;
}

} // namespace tutti::config
