#include "config/setting_rows.hpp"

namespace tutti::config {

namespace setting_rows_detail {

using yes = setting::yes_or_no;
using number = setting::number;
using text = setting::text;

// clang-format does not know `-> auto&` within braces.
// clang-format off
std::vector<setting> rows() {
  return {
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
     "Keep an index; without it searches are answered 503."},
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
     "indexed at once; under load a longer pause makes fewer, larger writes."},
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
