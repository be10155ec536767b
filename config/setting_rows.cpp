#include "config/setting_rows.hpp"

namespace tutti::config {

namespace setting_rows_detail {

using yes = setting::yes_or_no;
using number = setting::number;
using text = setting::text;

constexpr int64_t day_ms = 86'400'000;

// clang-format does not know `-> auto&` within braces.
// clang-format off
std::vector<setting> rows() {
  return {
    {"store.postgres", "url",
     text{[](settings& s) -> auto& { return s.store.postgres.url; }, {}, true},
     "Address of the database as libpq takes it: "
     "\"postgresql://tutti@db.example.com/tutti\". Several hosts with "
     "target_session_attrs=read-write follow a failover. The password is best "
     "kept in a file (passfile=, ~/.pgpass)."},
    {"store.postgres", "write_connections",
     number{[](settings& s) -> auto& { return s.store.postgres.write_connections; }, 1, 256},
     "Connections that write, each the commits of some of the shards."},
    {"store.postgres", "read_connections",
     number{[](settings& s) -> auto& { return s.store.postgres.read_connections; }, 1, 256},
     "Connections that read; more than store.reader_threads are of no use."},
    {"store.postgres", "statement_timeout_ms",
     number{[](settings& s) -> auto& { return s.store.postgres.statement_timeout_ms; }, 100, 600'000},
     "The server ends a statement that takes longer. A commit is then tried "
     "again, a read fails."},
    {"store.postgres", "waiting_mib_max",
     number{[](settings& s) -> auto& { return s.store.postgres.waiting_mib_max; }, 1, 65'536},
     "Commits that wait while the database is slow or away. When more wait, "
     "the node ends, because it cannot take its decisions back."},
    {"store.postgres", "start_wait_seconds",
     number{[](settings& s) -> auto& { return s.store.postgres.start_wait_seconds; }, 0, 86'400},
     "A node that starts waits so long for a database that is away."},
    {"jobs", "active_max",
     number{[](settings& s) -> auto& { return s.jobs.active_max; }, 1, 1'000},
     "Jobs of this node that have not ended. Further ones are answered 429."},
    {"jobs", "ids_max",
     number{[](settings& s) -> auto& { return s.jobs.ids_max; }, 1, 100'000'000},
     "Executions of one job. A job whose query finds more fails before it "
     "changes any."},
    {"jobs", "errors_max",
     number{[](settings& s) -> auto& { return s.jobs.errors_max; }, 0, 1'000'000},
     "Executions of a job whose reason is kept when they were not changed. All "
     "are counted."},
    {"jobs", "rate",
     number{[](settings& s) -> auto& { return s.jobs.rate; }, 1, 1'000'000},
     "Executions per second of a job that does not say."},
    {"jobs", "rate_max",
     number{[](settings& s) -> auto& { return s.jobs.rate_max; }, 1, 1'000'000},
     "Executions per second that a job may ask for."},
    {"jobs", "parallel",
     number{[](settings& s) -> auto& { return s.jobs.parallel; }, 1, 10'000},
     "Commands of a job that are under way at a time when it does not say."},
    {"jobs", "parallel_max",
     number{[](settings& s) -> auto& { return s.jobs.parallel_max; }, 1, 10'000},
     "The same that a job may ask for."},
    {"jobs", "answer_seconds",
     number{[](settings& s) -> auto& { return s.jobs.answer_seconds; }, 1, 3'600},
     "A command of a job that has no answer after this time counts as failed; "
     "it may still be done."},
    {"jobs", "keep_hours",
     number{[](settings& s) -> auto& { return s.jobs.keep_hours; }, 1, 100'000},
     "An ended job is forgotten after this time."},
    {"jobs", "ended_max",
     number{[](settings& s) -> auto& { return s.jobs.ended_max; }, 1, 1'000'000},
     "Ended jobs that are kept; the oldest are forgotten first. Each shard keeps "
     "its part."},
    {"retention", "completed",
     text{[](settings& s) -> auto& { return s.retention.completed; }, {}, true},
     "How long COMPLETED executions stay after their end, as \"30d\" or \"12h\"; "
     "empty: for ever. A definition may say otherwise (`metadata.retention`)."},
    {"retention", "failed",
     text{[](settings& s) -> auto& { return s.retention.failed; }, {}, true},
     "The same for FAILED executions."},
    {"retention", "timed_out",
     text{[](settings& s) -> auto& { return s.retention.timed_out; }, {}, true},
     "The same for TIMED_OUT executions."},
    {"retention", "terminated",
     text{[](settings& s) -> auto& { return s.retention.terminated; }, {}, true},
     "The same for TERMINATED executions."},
    {"retention", "archive",
     yes{[](settings& s) -> auto& { return s.retention.archive; }},
     "What retention removes can be read from the archive. A definition may say "
     "otherwise."},
    {"retention", "archive_days",
     number{[](settings& s) -> auto& { return s.retention.archive_days; }, 0, 100'000},
     "An archived execution is erased for good after this time; 0: never."},
    {"retention", "every_minutes",
     number{[](settings& s) -> auto& { return s.retention.every_minutes; }, 1, 100'000},
     "Pause between two runs of retention."},
    {"retention", "rate",
     number{[](settings& s) -> auto& { return s.retention.rate; }, 1, 100'000},
     "Executions per second that retention removes at most. It removes fewer "
     "while commits are slow."},
    {"retention", "parallel",
     number{[](settings& s) -> auto& { return s.retention.parallel; }, 1, 256},
     "Removals of retention that are under way at a time."},
    {"retention", "latency_ms_max",
     number{[](settings& s) -> auto& { return s.retention.latency_ms_max; }, 1, 60'000},
     "While a removal takes longer than this, retention halves its rate."},
    {"retention", "compact",
     yes{[](settings& s) -> auto& { return s.retention.compact; }},
     "Give the space of removed executions back to the disk after a run."},
    {"index", "enabled",
     yes{[](settings& s) -> auto& { return s.index.enabled; }},
     "Keep an index; without it searches are answered 500."},
    {"index", "directory",
     text{[](settings& s) -> auto& { return s.index.directory; }, {}, true},
     "Where it is; empty: `index` in the store's directory."},
    {"index", "tasks",
     text{[](settings& s) -> auto& { return s.index.tasks; },
          {"terminal", "all", "failed", "none"}},
     "Which tasks can be searched: those that ended, all of them, those that "
     "ended without success, or none. A change builds the index anew."},
    {"index", "pause_ms",
     number{[](settings& s) -> auto& { return s.index.pause_ms; }, 1, 60'000},
     "Between two looks for commits. The first one after a quiet time is "
     "indexed at once; under load a longer pause makes fewer, larger writes, "
     "with executions that are short written once. A search that waits for "
     "commits ends it."},
    {"index", "wait_ms_max",
     number{[](settings& s) -> auto& { return s.index.wait_ms_max; }, 0, 60'000},
     "How long a search waits for the commits that were acknowledged before it. "
     "After that it answers and says how far behind it is."},
    {"index", "query_ms_max",
     number{[](settings& s) -> auto& { return s.index.query_ms_max; }, 10, 600'000},
     "How long a search may run."},
    {"index", "query_threads",
     number{[](settings& s) -> auto& { return s.index.query_threads; }, 1, 64},
     "Threads for searches."},
    {"index", "searches_waiting_max",
     number{[](settings& s) -> auto& { return s.index.searches_waiting_max; }, 1, 1'000'000},
     "Searches that wait for a thread or for the index. More are answered 429."},
    {"index", "query_bytes_max",
     number{[](settings& s) -> auto& { return s.index.query_bytes_max; }, 100, 1 << 20},
     "Size of a query, and of its free text."},
    {"index", "query_depth_max",
     number{[](settings& s) -> auto& { return s.index.query_depth_max; }, 1, 100},
     "Parentheses of a query inside one another."},
    {"index", "query_terms_max",
     number{[](settings& s) -> auto& { return s.index.query_terms_max; }, 1, 10'000},
     "Conditions, values and words of a query."},
    {"index", "page_hits_max",
     number{[](settings& s) -> auto& { return s.index.page_hits_max; }, 1, 100'000},
     "Hits of one page; a search for more gets this many."},
    {"index", "facet_values_max",
     number{[](settings& s) -> auto& { return s.index.facet_values_max; }, 1, 10'000},
     "Values of a facet, the most frequent ones."},
    {"index", "rollup_lines_max",
     number{[](settings& s) -> auto& { return s.index.rollup_lines_max; }, 10, 1'000'000},
     "Lines of a summary by workflow and hour. One with more is answered 413."},
    {"index", "cache_mib",
     number{[](settings& s) -> auto& { return s.index.cache_mib; }, 1, 65'536},
     "Cache of the index, for each of its connections: one that writes and one "
     "per query thread."},
    {"cluster", "node",
     text{[](settings& s) -> auto& { return s.cluster.node; }, {}, true},
     "Name of this node, one of those in cluster.peers. Empty: it is alone."},
    {"cluster", "id",
     text{[](settings& s) -> auto& { return s.cluster.id; }, {}, true},
     "Name of the cluster. Nodes of another one are refused."},
    {"cluster", "listen",
     text{[](settings& s) -> auto& { return s.cluster.listen; }, {}, true},
     "Address and port to listen on for nodes: \"0.0.0.0:7400\". Empty: this "
     "node's own in cluster.peers."},
    {"cluster", "peers",
     text{[](settings& s) -> auto& { return s.cluster.peers; }, {}, true},
     "All nodes with their shards, this one included, the same text "
     "everywhere: \"a=10.0.0.1:7400/0-5, b=10.0.0.2:7400/6-10+15, "
     "c=10.0.0.3:7400/11-14\". A shard's data stay on its node."},
    {"cluster", "ca_file",
     text{[](settings& s) -> auto& { return s.cluster.ca_file; }, {}, true},
     "PEM file of the authority that signs the certificates of this cluster's "
     "nodes, and of nobody else."},
    {"cluster", "certificate_file",
     text{[](settings& s) -> auto& { return s.cluster.certificate_file; }, {}, true},
     "PEM file of this node's certificate, with the subjectAltName "
     "\"DNS:NODE, URI:tutti:cluster:ID\"."},
    {"cluster", "key_file",
     text{[](settings& s) -> auto& { return s.cluster.key_file; }, {}, true},
     "PEM file of its key."},
    {"cluster", "message_mib_max",
     number{[](settings& s) -> auto& { return s.cluster.message_mib_max; }, 1, 1024},
     "Size of a request or an answer between nodes. Larger ones are answered "
     "413; a node that announces more is disconnected."},
    {"cluster", "requests_max",
     number{[](settings& s) -> auto& { return s.cluster.requests_max; }, 16, 1'000'000},
     "Requests that one node may have under way at this one. Further ones are "
     "answered 500 where they come from."},
    {"cluster", "in_flight_mib_max",
     number{[](settings& s) -> auto& { return s.cluster.in_flight_mib_max; }, 1, 65'536},
     "Size of those requests, and of answers that a node has not read yet."},
    {"cluster", "request_ms",
     number{[](settings& s) -> auto& { return s.cluster.request_ms; }, 100, day_ms},
     "Time for the answer of another node. Later the request is answered 500."},
    {"cluster", "handshake_ms",
     number{[](settings& s) -> auto& { return s.cluster.handshake_ms; }, 100, 60'000},
     "Time in which a connection has to show its certificate and say hello. "
     "Later it is closed."},
    {"cluster", "handshakes_max",
     number{[](settings& s) -> auto& { return s.cluster.handshakes_max; }, 1, 10'000},
     "Connections that have not done so yet. Beyond it the oldest is closed."},
    {"cluster", "heartbeat_ms",
     number{[](settings& s) -> auto& { return s.cluster.heartbeat_ms; }, 50, 60'000},
     "Time between two signs of life on a link."},
    {"cluster", "silence_ms",
     number{[](settings& s) -> auto& { return s.cluster.silence_ms; }, 200, 600'000},
     "A node that sends nothing for this time is lost: what is under way is "
     "answered 500, and the link is made anew."},
    {"cluster", "connect_pause_ms_max",
     number{[](settings& s) -> auto& { return s.cluster.connect_pause_ms_max; }, 100, 600'000},
     "Longest pause between two attempts to reach a node; it grows up to this."},
  };
}
// clang-format on

} // namespace setting_rows_detail

std::vector<setting> with_later_rows(std::vector<setting> rows) {
  for (auto& x : setting_rows_detail::rows())
    rows.push_back(x);
  return rows;
}

} // namespace tutti::config
