#pragma once

#include "messages/model/query/filter.hpp"
#include "messages/model/result.hpp"
#include "storage/index/rows.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tutti::index {

/// Which tasks can be searched.
enum class task_policy : uint8_t {
  none,
  failed,   ///< that ended without success
  terminal, ///< that ended
  all,
};

/// The changes of one page of a shard's feed.
struct batch {
  uint32_t shard = 0;
  uint64_t position = 0; ///< of the page's last entry
  std::vector<execution_change> changes;
};

struct search {
  query::subject subject = query::subject::workflows;
  /// `filter` and `sort` are about tasks, the hits are their executions, each
  /// once.
  bool executions_of_tasks = false;
  query::filter filter;
  std::vector<query::sort_key> sort; ///< ties keep one order, too
  uint64_t start = 0, count = 100;
  std::string cursor;               ///< from `hits::cursor`; ignores `start`
  std::vector<query::field> facets; ///< over all hits
  size_t facet_values_max = 50;
  std::chrono::milliseconds patience{5'000};
  bool places = false; ///< the cursor behind each hit, too
};

struct hit {
  std::string workflow_id, task_id; ///< no task id: an execution
};

struct facet_count {
  query::field of = {};
  std::string value;
  uint64_t count = 0;
};

struct hits {
  std::vector<hit> items;
  std::vector<std::string> places; ///< behind each item, if they were asked for
  uint64_t total = 0;
  std::string cursor; ///< behind the last item; empty: there are no more
  std::vector<facet_count> facets;
};

/// Sums over executions that ended in an hour.
struct rollup {
  int64_t hour = 0; ///< its begin; 0: over all hours of the question
  std::string type;
  std::map<workflow_status, uint64_t> counts;
  uint64_t count = 0;
  int64_t total_ms = 0;     ///< of the execution times
  int64_t p50 = 0, p99 = 0; ///< within 1 %
};
struct rollup_question {
  std::string type; ///< empty: all
  int64_t from = 0, to = 0;
  bool by_hour = false;
  size_t lines_max = 10'000;
};

struct figures {
  uint64_t workflows = 0, tasks = 0, bytes = 0;
};

/// Builds an index beside the one in use.
class builder {
 public:
  virtual ~builder() = default; ///< without `finish`: leaves no trace
  /// Complete changes only, each execution once.
  virtual result<done> add(const std::vector<execution_change>& rows) = 0;
  /// Replaces the index in use. `positions` by shard: of the feed before the
  /// executions were read.
  virtual result<done> finish(const std::vector<uint64_t>& positions) = 0;
};

/// The search index: rows that follow from the store, and can be lost. Thread
/// safe; every call may block. `apply` and `builder` have one caller at a time.
///
/// errc::internal: the index is damaged and must be built anew.
class index_store {
 public:
  virtual ~index_store() = default;

  /// The feed's position by shard; nullopt: there is no index that fits, it
  /// must be built. Called first, once.
  virtual result<std::optional<std::vector<uint64_t>>> open(uint32_t shards)
      = 0;

  /// Changes and positions in one transaction. Changes up to a position that
  /// the index has are ignored. Answers the ids of executions that it does not
  /// know well enough: their changes must come again, complete.
  virtual result<std::vector<std::string>>
  apply(const std::vector<batch>& pages) = 0;

  /// Complete changes and removals; positions stay.
  virtual result<done> put(const std::vector<execution_change>& all) = 0;

  virtual result<hits> find(const search& what) const = 0;
  virtual result<std::vector<rollup>>
  summarize(const rollup_question& what) const = 0;
  virtual result<index::figures> count() const = 0;

  virtual result<std::unique_ptr<builder>> rebuild() = 0;
};

} // namespace tutti::index
