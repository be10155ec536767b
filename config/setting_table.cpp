#include "config/setting_table.hpp"

namespace tutti::config {

namespace setting_table_detail {

using yes = setting::yes_or_no;
using number = setting::number;
using text = setting::text;

const section sections[] = {
    {"http", "The REST API."},
    {"store", "What is kept, and how."},
    {"node", "The process."},
    {"executions", "Workflow executions."},
    {"queues", "Task queues and polling."},
    {"dry_runs", "Workflows that are run with mocks (POST /workflow/test)."},
    {"definitions", "Rules for registered definitions."},
    {"scripts", "Scripts in definitions: JavaScript and jq."},
    {"environment", "What workflows may read from the node's environment."},
    {"outbound", "Where workflows may make the node connect to."},
    {"system_tasks", "HTTP, KAFKA_PUBLISH: work that this node does itself."},
    {"http_tasks", "HTTP tasks."},
    {"kafka_tasks", "KAFKA_PUBLISH tasks."},
    {"messages", "Messages to executions, taken by PULL_WORKFLOW_MESSAGES."},
    {"events", "Internal event queues, filled by EVENT tasks."},
};

constexpr int64_t day_ms = 86'400'000;

const std::vector<setting>& table() {
  // clang-format off: it does not know `-> auto&` within braces
  static const std::vector<setting> all = {
    {"http", "listen",
     text{[](settings& s) -> auto& { return s.http.listen; }},
     "Address to listen on. Loopback unless told otherwise: requests are "
     "not authenticated."},
    {"http", "port",
     number{[](settings& s) -> auto& { return s.http.port; }, 0, 65'535},
     "Port of the REST API; 0 takes a free one."},
    {"http", "threads",
     number{[](settings& s) -> auto& { return s.http.threads; }, 1, 64},
     "Threads that read and write connections."},
    {"http", "header_kib_max",
     number{[](settings& s) -> auto& { return s.http.header_kib_max; }, 1, 1024},
     "Request line and headers of one request. More is answered 414 or "
     "431."},
    {"http", "header_fields_max",
     number{[](settings& s) -> auto& { return s.http.header_fields_max; }, 8, 10'000},
     "Header fields of one request. More is answered 431."},
    {"http", "body_kib_max",
     number{[](settings& s) -> auto& { return s.http.body_kib_max; }, 1, 1 << 20},
     "Body of one request. More is answered 413."},
    {"http", "connections_max",
     number{[](settings& s) -> auto& { return s.http.connections_max; }, 1, 1'000'000},
     "Open connections. The next one is answered 503."},
    {"http", "output_mib_max",
     number{[](settings& s) -> auto& { return s.http.output_mib_max; }, 1, 65'536},
     "Answers that clients have not taken yet, per thread. Past it the "
     "client that stood still longest is dropped."},
    {"http", "idle_timeout_ms",
     number{[](settings& s) -> auto& { return s.http.idle_timeout_ms; }, 100, day_ms},
     "A kept connection without a new request is closed."},
    {"http", "request_timeout_ms",
     number{[](settings& s) -> auto& { return s.http.request_timeout_ms; }, 100, day_ms},
     "From the first byte of a request to its last one."},
    {"http", "write_timeout_ms",
     number{[](settings& s) -> auto& { return s.http.write_timeout_ms; }, 100, day_ms},
     "How long a client may take no byte of its answer."},
    {"store", "directory",
     text{[](settings& s) -> auto& { return s.store.directory; }},
     "Directory of the store; made when it is not there."},
    {"store", "shards",
     number{[](settings& s) -> auto& { return s.store.shards; }, 1, 1024},
     "Parts of the store that are owned and recovered on their own. Fixed "
     "when the store is made."},
    {"store", "cache_mib",
     number{[](settings& s) -> auto& { return s.store.cache_mib; }, 8, 1 << 20},
     "Memory for blocks that were read."},
    {"store", "group_kib_max",
     number{[](settings& s) -> auto& { return s.store.group_kib_max; }, 64, 1 << 20},
     "Commits are synced together up to this size."},
    {"store", "write_buffer_mib",
     number{[](settings& s) -> auto& { return s.store.write_buffer_mib; }, 4, 4096},
     "Memory for rows that are not in a sorted file yet. More means less "
     "rewriting and a longer recovery."},
    {"store", "log_mib_max",
     number{[](settings& s) -> auto& { return s.store.log_mib_max; }, 16, 65'536},
     "Logs together hold about this much: it bounds the time of recovery."},
    {"store", "background_jobs",
     number{[](settings& s) -> auto& { return s.store.background_jobs; }, 1, 64},
     "Threads that flush and compact."},
    {"node", "workers",
     number{[](settings& s) -> auto& { return s.node.workers; }, 0, 1024},
     "Threads that run actors; 0 takes one per two cores."},
    {"node", "gateways",
     number{[](settings& s) -> auto& { return s.node.gateways; }, 0, 1024},
     "Actors that take requests in; 0 takes one per two cores."},
    {"node", "drain_seconds",
     number{[](settings& s) -> auto& { return s.node.drain_seconds; }, 1, 3600},
     "A node that is told to stop ends what is under way within this time."},
    {"node", "test_clock",
     yes{[](settings& s) -> auto& { return s.node.test_clock; }},
     "Lets clients move the node's clock forward. For tests of workflows "
     "that wait; never where time matters."},
    {"node", "log_level",
     text{[](settings& s) -> auto& { return s.node.log_level; }, {"debug", "info", "warn", "error", "off"}},
     "What is logged, to standard error."},
    {"executions", "linger_ms",
     number{[](settings& s) -> auto& { return s.executions.linger_ms; }, 0, 10'000},
     "How long the mark that a task was handed out may wait for another "
     "write to ride on. After a crash an unwritten mark means that the "
     "task is offered again."},
    {"executions", "idle_sleep_ms",
     number{[](settings& s) -> auto& { return s.executions.idle_sleep_ms; }, 10, day_ms},
     "An execution that nobody calls leaves memory after this time."},
    {"executions", "terminal_sleep_ms",
     number{[](settings& s) -> auto& { return s.executions.terminal_sleep_ms; }, 10, day_ms},
     "An execution that has ended leaves memory after this time."},
    {"executions", "resident_max",
     number{[](settings& s) -> auto& { return s.executions.resident_max; }, 1, 10'000'000},
     "Executions in memory. Past it the longest idle ones leave first."},
    {"executions", "crash_limit",
     number{[](settings& s) -> auto& { return s.executions.crash_limit; }, 1, 1000},
     "So many crashes within crash_window_ms put an execution aside until "
     "an operator releases it."},
    {"executions", "crash_window_ms",
     number{[](settings& s) -> auto& { return s.executions.crash_window_ms; }, 1, day_ms},
     "See crash_limit."},
    {"executions", "snapshot_revisions_min",
     number{[](settings& s) -> auto& { return s.executions.snapshot_revisions_min; }, 1, 1'000'000},
     "A snapshot is taken after this many changes at the earliest."},
    {"executions", "timer_window",
     number{[](settings& s) -> auto& { return s.executions.timer_window; }, 16, 10'000'000},
     "Deadlines of one shard that are held in memory."},
    {"executions", "courier_credit",
     number{[](settings& s) -> auto& { return s.executions.courier_credit; }, 1, 1'000'000},
     "Letters between executions that are under way from one shard."},
    {"executions", "starts_in_flight_max",
     number{[](settings& s) -> auto& { return s.executions.starts_in_flight_max; }, 1, 10'000'000},
     "Starts that wait for their commit. More are answered as unavailable "
     "at once."},
    {"executions", "input_kib_max",
     number{[](settings& s) -> auto& { return s.executions.input_kib_max; }, 1, 1 << 20},
     "Input of one execution."},
    {"executions", "variables_kib_max",
     number{[](settings& s) -> auto& { return s.executions.variables_kib_max; }, 1, 1 << 20},
     "Variables of one execution."},
    {"executions", "reason_characters_max",
     number{[](settings& s) -> auto& { return s.executions.reason_characters_max; }, 16, 1'000'000},
     "Reasons for failures are cut at this length."},
    {"executions", "tasks_max",
     number{[](settings& s) -> auto& { return s.executions.tasks_max; }, 1, 10'000'000},
     "Tasks of one execution, loop iterations included."},
    {"executions", "fork_branches_max",
     number{[](settings& s) -> auto& { return s.executions.fork_branches_max; }, 1, 10'000'000},
     "Branches of one dynamic fork."},
    {"executions", "decision_events_max",
     number{[](settings& s) -> auto& { return s.executions.decision_events_max; }, 10, 1'000'000},
     "A decision that changes more than this, a long loop for example, is "
     "written in parts."},
    {"executions", "for_each_parallel",
     number{[](settings& s) -> auto& { return s.executions.for_each_parallel; }, 1, 100'000},
     "Items that a FOR_EACH without maxParallel works on at a time."},
    {"executions", "goto_jumps_max",
     number{[](settings& s) -> auto& { return s.executions.goto_jumps_max; }, 1, 1'000'000},
     "Jumps of one GOTO task, whatever its maxJumps says."},
    {"executions", "kept_outputs_max",
     number{[](settings& s) -> auto& { return s.executions.kept_outputs_max; }, 0, 100'000'000},
     "Outputs that cacheConfigs keep. Past it those that expire first go."},
    {"executions", "kept_outputs_mib_max",
     number{[](settings& s) -> auto& { return s.executions.kept_outputs_mib_max; }, 0, 1 << 20},
     "Memory of kept outputs. Past it those that expire first go."},
    {"executions", "queue_repair_ms",
     number{[](settings& s) -> auto& { return s.executions.queue_repair_ms; }, 1, day_ms},
     "A task that was removed from its queue by the API is offered there "
     "again after this time (Conductor's workflowOffsetTimeout)."},
    {"queues", "window_rows_max",
     number{[](settings& s) -> auto& { return s.queues.window_rows_max; }, 16, 10'000'000},
     "Waiting tasks of one queue that are held in memory; the others are "
     "read when their turn comes."},
    {"queues", "poll_tasks_max",
     number{[](settings& s) -> auto& { return s.queues.poll_tasks_max; }, 1, 100'000},
     "A poll gets no more tasks than this, whatever it asks for."},
    {"queues", "active_worker_seconds",
     number{[](settings& s) -> auto& { return s.queues.active_worker_seconds; }, 1, 86'400},
     "A domain counts as served when somebody polled for it within this "
     "time."},
    {"queues", "hand_out_retry_ms",
     number{[](settings& s) -> auto& { return s.queues.hand_out_retry_ms; }, 1, day_ms},
     "A task whose execution did not answer is offered again after this "
     "time."},
    {"queues", "hand_out_check_ms",
     number{[](settings& s) -> auto& { return s.queues.hand_out_check_ms; }, 100, day_ms},
     "A hand-out that was not recorded within this time is looked up in "
     "the store."},
    {"queues", "poll_data_write_ms",
     number{[](settings& s) -> auto& { return s.queues.poll_data_write_ms; }, 10, day_ms},
     "Who polled last is written at most so often; polls after the last "
     "write are forgotten by a crash."},
    {"dry_runs", "parallel",
     number{[](settings& s) -> auto& { return s.dry_runs.parallel; }, 1, 256},
     "Dry runs that run side by side, each on a thread of its own."},
    {"dry_runs", "waiting_max",
     number{[](settings& s) -> auto& { return s.dry_runs.waiting_max; }, 0, 100'000},
     "Dry runs that wait for their turn. More are answered 429."},
    {"dry_runs", "time_limit_ms",
     number{[](settings& s) -> auto& { return s.dry_runs.time_limit_ms; }, 10, day_ms},
     "A dry run that takes longer is stopped."},
    {"dry_runs", "virtual_days_max",
     number{[](settings& s) -> auto& { return s.dry_runs.virtual_days_max; }, 1, 36'500},
     "A dry run whose own time goes beyond this is stopped."},
    {"dry_runs", "tasks_max",
     number{[](settings& s) -> auto& { return s.dry_runs.tasks_max; }, 1, 10'000'000},
     "A dry run that schedules more tasks is stopped."},
    {"dry_runs", "decisions_max",
     number{[](settings& s) -> auto& { return s.dry_runs.decisions_max; }, 1, 100'000'000},
     "A dry run that takes more steps is stopped."},
    {"dry_runs", "executions_max",
     number{[](settings& s) -> auto& { return s.dry_runs.executions_max; }, 1, 1'000'000},
     "A dry run that begins more sub-workflows is stopped."},
    {"dry_runs", "timeline_max",
     number{[](settings& s) -> auto& { return s.dry_runs.timeline_max; }, 0, 10'000'000},
     "Moments of a dry run's timeline that are kept."},
    {"definitions", "owner_email_mandatory",
     yes{[](settings& s) -> auto& { return s.definitions.owner_email_mandatory; }},
     "Definitions need an ownerEmail."},
    {"definitions", "name_validation",
     yes{[](settings& s) -> auto& { return s.definitions.name_validation; }},
     "Names of workflows are limited to letters, digits, blanks and "
     "<>{}#-_."},
    {"scripts", "evaluator",
     text{[](settings& s) -> auto& { return s.scripts.evaluator; }, {}, true},
     "The program that runs scripts apart from the node; empty takes the "
     "tutti-evaluator beside tuttid."},
    {"scripts", "time_limit_ms",
     number{[](settings& s) -> auto& { return s.scripts.time_limit_ms; }, 10, 3'600'000},
     "A script is stopped after this time."},
    {"scripts", "memory_mib",
     number{[](settings& s) -> auto& { return s.scripts.memory_mib; }, 16, 4'000},
     "Heap of one script."},
    {"scripts", "evaluators",
     number{[](settings& s) -> auto& { return s.scripts.evaluators; }, 1, 256},
     "Scripts that run side by side. A process each, for each language, "
     "started when it is first needed."},
    {"scripts", "reserve_evaluators",
     number{[](settings& s) -> auto& { return s.scripts.reserve_evaluators; }, 0, 256},
     "So many more run when a script has waited for reserve_after_ms, because "
     "scripts that do not end hold the others, or there is too much to do. "
     "Definitions are served in turn, and one alone holds no more than "
     "'evaluators' or half of all, whichever is more."},
    {"scripts", "reserve_after_ms",
     number{[](settings& s) -> auto& { return s.scripts.reserve_after_ms; }, 1, 3'600'000},
     "How long a script waits before the reserve takes it."},
    {"scripts", "waiting_max",
     number{[](settings& s) -> auto& { return s.scripts.waiting_max; }, 1, 1'000'000},
     "Scripts that wait for an evaluator. Past it what would need another "
     "one is answered as unavailable, and tried again."},
    {"scripts", "source_kib_max",
     number{[](settings& s) -> auto& { return s.scripts.source_kib_max; }, 1, 16'384},
     "Length of one script."},
    {"scripts", "input_kib_max",
     number{[](settings& s) -> auto& { return s.scripts.input_kib_max; }, 1, 1 << 20},
     "Input of one script."},
    {"scripts", "result_kib_max",
     number{[](settings& s) -> auto& { return s.scripts.result_kib_max; }, 1, 1 << 20},
     "Result of one script. A larger one is an error of its task."},
    {"environment", "variable_prefix",
     text{[](settings& s) -> auto& { return s.environment.variable_prefix; }},
     "${workflow.env.X} is the environment variable of this prefix and X."},
    {"environment", "secret_prefix",
     text{[](settings& s) -> auto& { return s.environment.secret_prefix; }},
     "${workflow.secrets.X} is the environment variable of this prefix and"
     " X."},
    {"environment", "names",
     text{[](settings& s) -> auto& { return s.environment.names; }, {}, true},
     "Environment variables that ${NAME} may read, separated by commas."},
    {"outbound", "allowed_networks",
     text{[](settings& s) -> auto& { return s.outbound.allowed_networks; }, {}, true},
     "Networks that tasks may reach besides public addresses, separated by "
     "commas: \"10.0.0.0/8, 192.168.1.5, fd00::/8\". Loopback, private, "
     "link-local and other special addresses are refused otherwise, whatever "
     "name leads there."},
    {"system_tasks", "concurrency",
     number{[](settings& s) -> auto& { return s.system_tasks.concurrency; }, 1, 1000},
     "Tasks of one type that are worked on at a time."},
    {"system_tasks", "isolated",
     yes{[](settings& s) -> auto& { return s.system_tasks.isolated; }},
     "Serve the queues of tasks with an isolationGroupId, too."},
    {"system_tasks", "isolated_concurrency",
     number{[](settings& s) -> auto& { return s.system_tasks.isolated_concurrency; }, 1, 1000},
     "Tasks of one isolation group or name space that are worked on at a time."},
    {"system_tasks", "execution_namespace",
     text{[](settings& s) -> auto& { return s.system_tasks.execution_namespace; }, {}, true},
     "Serve only tasks with this executionNameSpace; empty: all."},
    {"system_tasks", "lease_grace_ms",
     number{[](settings& s) -> auto& { return s.system_tasks.lease_grace_ms; }, 100, day_ms},
     "A task whose node died is done again so long after the longest time its "
     "work may take."},
    {"system_tasks", "timeout_ms_max",
     number{[](settings& s) -> auto& { return s.system_tasks.timeout_ms_max; }, 100, day_ms},
     "No task gets a longer timeout than this, whatever it asks for."},
    {"http_tasks", "connect_timeout_ms",
     number{[](settings& s) -> auto& { return s.http_tasks.connect_timeout_ms; }, 1, day_ms},
     "Where a task says that its connectionTimeOut is null."},
    {"http_tasks", "read_timeout_ms",
     number{[](settings& s) -> auto& { return s.http_tasks.read_timeout_ms; }, 1, day_ms},
     "Where a task says that its readTimeOut is null."},
    {"http_tasks", "transfer_ms",
     number{[](settings& s) -> auto& { return s.http_tasks.transfer_ms; }, 0, day_ms},
     "How much longer than both timeouts of its task an answer may take as long "
     "as it makes progress."},
    {"http_tasks", "response_kib_max",
     number{[](settings& s) -> auto& { return s.http_tasks.response_kib_max; }, 1, 1 << 20},
     "Headers and body of an answer, decompressed. A larger one fails its task."},
    {"http_tasks", "redirects_max",
     number{[](settings& s) -> auto& { return s.http_tasks.redirects_max; }, 0, 50},
     "Redirects that a GET or HEAD follows."},
    {"http_tasks", "ca_file",
     text{[](settings& s) -> auto& { return s.http_tasks.ca_file; }, {}, true},
     "Certificates to trust, PEM, instead of the system's; empty: the system's."},
    {"kafka_tasks", "request_timeout_ms",
     number{[](settings& s) -> auto& { return s.kafka_tasks.request_timeout_ms; }, 1, 900'000},
     "Where a task names no requestTimeoutMs."},
    {"kafka_tasks", "block_ms",
     number{[](settings& s) -> auto& { return s.kafka_tasks.block_ms; }, 1, day_ms},
     "Where a task names no maxBlockMs."},
    {"kafka_tasks", "producers_max",
     number{[](settings& s) -> auto& { return s.kafka_tasks.producers_max; }, 1, 1000},
     "Clusters to which connections are kept at a time."},
    {"kafka_tasks", "idle_close_ms",
     number{[](settings& s) -> auto& { return s.kafka_tasks.idle_close_ms; }, 100, day_ms},
     "Connections that nobody used for this time are closed."},
    {"messages", "enabled",
     yes{[](settings& s) -> auto& { return s.messages.enabled; }},
     "Executions take messages. (Conductor has this switched off by default.)"},
    {"messages", "queue_max",
     number{[](settings& s) -> auto& { return s.messages.queue_max; }, 1, 100'000},
     "Messages that one execution holds. The next one is answered 429."},
    {"messages", "ttl_seconds",
     number{[](settings& s) -> auto& { return s.messages.ttl_seconds; }, 1, 86'400 * 365},
     "A message that nobody took within this time is dropped."},
    {"messages", "batch_max",
     number{[](settings& s) -> auto& { return s.messages.batch_max; }, 1, 100'000},
     "A task takes no more messages than this at a time."},
    {"events", "queue_messages_max",
     number{[](settings& s) -> auto& { return s.events.queue_messages_max; }, 1, 100'000'000},
     "Messages of one queue that wait to be acknowledged. The EVENT task that "
     "would add one more fails."},
  };
  // clang-format on
  return all;
}

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
