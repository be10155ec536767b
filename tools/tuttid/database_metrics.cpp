#include "tools/tuttid/database_metrics.hpp"

#include "storage/postgres/postgres_store.hpp"

namespace tutti::daemon {

metric_source database_metrics(const std::shared_ptr<storage::store>& of) {
  auto shared = std::dynamic_pointer_cast<storage::postgres_store>(of);
  if (!shared)
    return {};
  return [from = std::weak_ptr(shared)] {
    using kind = metric::kind;
    std::vector<metric> out;
    auto store = from.lock();
    if (!store)
      return out;
    auto x = store->statistics();
    auto add = [&](const char* name, const char* help, kind what, uint64_t n) {
      out.push_back({name, help, what, {{{}, double(n)}}});
    };
    add("tutti_database_commits_total", "Commits that became durable",
        kind::counter, x.commits);
    add("tutti_database_transactions_total",
        "Transactions in which commits were sent", kind::counter, x.groups);
    add("tutti_database_statements_total", "Statements, reads included",
        kind::counter, x.statements);
    add("tutti_database_fenced_total",
        "Commits to shards that others have taken over", kind::counter,
        x.fenced);
    add("tutti_database_refused_total",
        "Commits that were too large, or for which there was no room to wait",
        kind::counter, x.refused);
    add("tutti_database_repeated_total",
        "Transactions that the database asked to repeat, or that took too long",
        kind::counter, x.repeated);
    add("tutti_database_connects_total", "Connections made for writing",
        kind::counter, x.connects);
    add("tutti_database_waiting_bytes", "Bytes of commits that are not durable",
        kind::gauge, x.bytes_waiting);
    return out;
  };
}

} // namespace tutti::daemon
