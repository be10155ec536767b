#pragma once

#include "tools/tutti/session.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <string>

namespace tutti::cli {

/// The options of verbs that do the same to all executions of a query.
struct query_options {
  std::string query, free_text;
  bool all = false, detach = false, dry_run = false;
  int64_t rate = 0, parallel = 0;

  bool given() const { return !query.empty() || !free_text.empty() || all; }
};

/// Adds `--query` and its companions to a verb.
void add_query_options(CLI::App* verb,
                       const std::shared_ptr<query_options>& to);

/// Shows what the job would do, asks, makes it, and follows it to its end.
int run_job(session& s, const query_options& which, const char* action,
            nlohmann::json arguments);

} // namespace tutti::cli
