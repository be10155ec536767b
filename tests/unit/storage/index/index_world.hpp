#pragma once

#include "messages/model/query/binder.hpp"
#include "messages/model/query/words.hpp"
#include "storage/index/sqlite/sqlite_index.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>

#include <unistd.h>

namespace tutti::index::test {

constexpr int64_t now = 1'700'000'000'000;

/// A directory that goes with it.
struct temporary_directory {
  temporary_directory() {
    static std::atomic<int> next{0};
    path = std::filesystem::temp_directory_path()
           / ("tutti-index-test-" + std::to_string(::getpid()) + "-"
              + std::to_string(next++));
    std::filesystem::create_directories(path);
  }
  ~temporary_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  std::filesystem::path path;
};

struct search_how {
  query::subject of = query::subject::workflows;
  bool executions_of_tasks = false;
  std::string text = {}, sort = "workflowId:ASC";
  uint64_t start = 0, count = 100;
  std::string cursor = {};
  std::vector<query::field> facets = {};
};

/// An index with one shard, and searches in words.
struct index_world {
  explicit index_world(task_policy tasks = task_policy::terminal)
      : policy(tasks) {
    reopen();
    if (!positions)
      build({});
  }

  void reopen() {
    of.reset();
    of = make_sqlite_index({directory.path, policy, 2, 4, false});
    auto opened = of->open(1);
    REQUIRE(opened);
    positions = *opened;
  }

  void build(const std::vector<execution_change>& rows, uint64_t position = 0) {
    auto to = of->rebuild();
    REQUIRE(to);
    REQUIRE((*to)->add(rows));
    auto finished = (*to)->finish({position});
    if (!finished)
      FAIL(finished.failure().message);
    last = position;
  }

  /// The next page of the feed; ids that are not known.
  std::vector<std::string> apply(std::vector<execution_change> changes) {
    auto out = of->apply({{0, ++last, std::move(changes)}});
    if (!out)
      FAIL(out.failure().message);
    return *out;
  }

  using how = search_how;
  result<hits> try_find(std::string_view query, how x = {}) const {
    std::vector<std::string> warnings;
    query::binding by{x.of, now, false};
    auto parsed = query::parse(query);
    REQUIRE(parsed);
    auto bound = query::bind(*parsed, by, warnings);
    if (!bound)
      return bound.failure();
    auto text = query::parse_free_text(x.text);
    REQUIRE(text);
    auto words = query::bind(*text, by, warnings);
    REQUIRE(words);
    auto sort = query::parse_sort(x.sort, by, warnings);
    REQUIRE(sort);
    search out;
    out.subject = x.of;
    out.executions_of_tasks = x.executions_of_tasks;
    out.filter = query::both(*bound, *words);
    out.sort = *sort;
    out.start = x.start;
    out.count = x.count;
    out.cursor = x.cursor;
    out.facets = x.facets;
    return of->find(out);
  }
  hits find(std::string_view query, how x = {}) const {
    auto out = try_find(query, x);
    if (!out)
      FAIL(out.failure().message);
    return *out;
  }
  /// Their ids, with blanks between them.
  std::string ids(std::string_view query, how x = {}) const {
    std::string out;
    auto found = find(query, x);
    for (auto& hit : found.items)
      out += (out.empty() ? "" : " ")
             + (hit.task_id.empty() ? hit.workflow_id : hit.task_id);
    return out;
  }

  temporary_directory directory;
  task_policy policy;
  std::unique_ptr<index_store> of;
  std::optional<std::vector<uint64_t>> positions;
  uint64_t last = 0;
};

inline execution_change an_execution(std::string id, std::string type = "ship",
                                     workflow_status status
                                     = workflow_status::running) {
  execution_change out;
  out.id = std::move(id);
  out.revision = 1;
  out.complete = true;
  out.set.type = std::move(type);
  out.set.version = 1;
  out.set.status = status;
  out.set.created = now - 60'000;
  out.set.updated = now - 60'000;
  if (is_terminal(status))
    out.set.ended = now - 30'000;
  return out;
}

inline changed_task a_task(std::string id, task_status status,
                           std::string type = "pack") {
  changed_task out;
  out.id = std::move(id);
  out.added = true;
  out.set.type = type;
  out.set.definition = std::move(type);
  out.set.reference = "ref";
  out.set.status = status;
  out.set.scheduled = now - 50'000;
  return out;
}

} // namespace tutti::index::test
