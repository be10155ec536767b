#pragma once

#include "tools/tutti/session.hpp"

#include <string>
#include <vector>

namespace tutti::cli {

/// What is searched, as options give it.
struct search_options {
  std::string query, text, sort, cursor;
  std::string of = "workflows";
  std::vector<std::string> types, statuses, facets;
  std::string correlation_id, since;
  std::string until; ///< of roll-ups
  int64_t count = 50;
  bool only_count = false, rollups = false, by_hour = false;

  bool any() const {
    return !query.empty() || !text.empty() || !types.empty()
           || !statuses.empty() || !correlation_id.empty() || !since.empty();
  }
};

/// A time as queries have it: other verbs take "1h" for an hour ago, queries
/// "-1h".
std::string time_of_query(const std::string& text);

/// The query that these mean together.
std::string query_of(const search_options& x);

/// Prints a page of executions or tasks.
int search(session& s, const search_options& x);

/// Prints counts, failures and durations by workflow.
int rollups(session& s, const search_options& x);

/// The options that `tutti search` and `tutti workflow list` share.
void add_search_options(CLI::App& verb, search_options& into);

void add_search(CLI::App& app, session& s);

} // namespace tutti::cli
