#pragma once

#include "messages/envelope.hpp"
#include "messages/requests/answers.hpp"

#include <string>
#include <vector>

namespace tutti {

// Requests to the search index (actors/search).

/// Executions or tasks that match. Waits, for a bounded time, for the commits
/// that were acknowledged before.
struct search_index {
  using response = search_result;
  enum class subject : uint8_t {
    workflows,
    tasks,
    workflows_of_tasks, ///< the conditions are about tasks; each once
  };
  enum class form : uint8_t {
    summaries, ///< WorkflowSummary, TaskSummary
    ids,       ///< as plain text; the store is not read
    whole,     ///< executions without tasks; tasks
  };
  subject what = subject::workflows;
  form as = form::summaries;
  /// reference:search#grammar; texts of others are put into it with
  /// `query::quoted`. Empty: all.
  std::string query;
  std::string free_text;                ///< empty or "*": any
  std::vector<std::string> classifiers; ///< empty: any
  bool top_level_only = false;
  std::string sort;   ///< "startTime:DESC|workflowId:ASC"
  std::string cursor; ///< from the last answer, instead of `start`
  int64_t start = 0, count = 100;
  /// Conductor's rules: AND and OR group from the right; a condition on an
  /// unknown field is left out, with a warning.
  bool conductor = false;
  /// Fields whose values are counted, over all that match.
  std::vector<std::string> facets;
  /// What "now" is in the query, for pages that are asked for over a long time;
  /// 0: the present.
  int64_t at = 0;
  /// With the place of each item, for who merges the pages of several nodes.
  bool places = false;
};

/// Counts, failure rates and durations of ended executions, from the index's
/// sums by hour.
struct summarize_executions {
  using response = document;
  std::string name;         ///< empty: all
  int64_t from = 0, to = 0; ///< of their end, widened to whole hours
  bool by_hour = false;     ///< a line per hour, too
};

/// State and progress of the index, as JSON.
struct read_index_status {
  using response = document;
};
/// Begins to build the index anew; answered when that has begun.
struct rebuild_index {
  using response = done;
};

} // namespace tutti
