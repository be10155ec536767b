// index_feed_bench [EXECUTIONS] [DIRECTORY]: what the search index costs
// whoever feeds it, and how far behind it is.
//
// - short executions, of a few words and one task, into an empty index: as
//   they are when they end between two looks, and as a start and an end;
// - 5,000 updates a second over EXECUTIONS that are there (1,000,000): 30 %
//   begin, 40 % progress, 30 % end; one transaction per pause, as in a node.
//
// The store has no part in it.

#include "storage/index/sqlite/sqlite_index.hpp"
#include "tests/bench/search_rows.hpp"

#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <mutex>

using namespace tutti;
using namespace tutti::index;
using namespace tutti::index::bench;

namespace {

constexpr size_t short_rows = 100'000, batch_rows = 2'000;
constexpr int rate = 5'000, seconds = 30;
constexpr std::chrono::milliseconds pause{500};

std::unique_ptr<index_store> open(const std::filesystem::path& directory) {
  std::filesystem::remove_all(directory);
  auto out = make_sqlite_index({directory, task_policy::terminal, 2, 8, false});
  if (auto opened = out->open(1); !opened) {
    std::printf("%s\n", opened.failure().message.c_str());
    std::exit(1);
  }
  return out;
}

void build(index_store& of, generator& rows, size_t count) {
  auto to = of.rebuild();
  std::vector<execution_change> some;
  for (size_t i = 0; i < count; ++i) {
    some.push_back(rows.next());
    if (some.size() == batch_rows || i + 1 == count) {
      (void)(*to)->add(some);
      some.clear();
    }
  }
  (void)(*to)->finish({1});
}

execution_change short_one(generator& rows) {
  auto out = rows.next();
  out.set.type = "short";
  out.set.status = workflow_status::completed;
  out.set.ended = *out.set.updated;
  out.set.reason = out.set.failed_references = out.set.failed_tasks = "";
  out.set.correlation_id = "";
  out.words[0] = {"short", "orderid", "a-17", "amount", "250"};
  out.words[1] = {"result", "ok"};
  out.words[2].reset();
  auto& task = out.tasks.front();
  task.set.status = task_status::completed;
  task.set.ended = task.set.updated;
  return out;
}

/// The first commit of an execution, of what is known in the end.
execution_change begin_of(const execution_change& whole) {
  auto out = whole;
  out.revision = 1;
  out.set.status = workflow_status::running;
  out.set.ended = 0;
  out.words[1].reset();
  out.words[2].reset();
  for (auto& task : out.tasks) {
    task.set.status = task_status::scheduled;
    task.set.ended = task.set.started = 0;
  }
  return out;
}

/// The last one.
execution_change end_of(const execution_change& whole) {
  execution_change out;
  out.id = whole.id;
  out.revision = whole.revision;
  out.set.status = whole.set.status;
  out.set.updated = whole.set.updated;
  out.set.ended = whole.set.ended;
  out.words[1] = whole.words[1];
  for (auto& task : whole.tasks) {
    auto& to = out.tasks.emplace_back();
    to.id = task.id;
    to.set.status = task.set.status;
    to.set.started = task.set.started;
    to.set.updated = task.set.updated;
    to.set.ended = task.set.ended;
  }
  return out;
}

void feed_short(const std::filesystem::path& directory, size_t page,
                bool in_two) {
  generator rows(short_rows);
  auto of = open(directory);
  build(*of, rows, 0);
  std::vector<execution_change> all;
  for (size_t i = 0; i < short_rows; ++i)
    all.push_back(short_one(rows));
  uint64_t position = 1;
  phase feeding;
  for (size_t i = 0; i < short_rows; i += page) {
    auto end = std::min(short_rows, i + page);
    batch first{0, ++position, {}}, second{0, ++position, {}};
    for (auto j = i; j < end; ++j)
      if (in_two) {
        first.changes.push_back(begin_of(all[j]));
        second.changes.push_back(end_of(all[j]));
      } else {
        first.changes.push_back(all[j]);
      }
    (void)of->apply({first});
    if (in_two)
      (void)of->apply({second});
  }
  auto name = std::string("short, ") + (in_two ? "start and end" : "whole")
              + ", " + std::to_string(page) + " in a transaction";
  feeding.report(name.c_str(), short_rows);
}

void feed_steadily(const std::filesystem::path& directory, size_t count) {
  generator rows(count + size_t(rate) * seconds);
  auto of = open(directory);
  build(*of, rows, count);
  std::deque<execution_change> running;
  uint64_t position = 1;
  std::vector<double> lags;
  auto began = wall_seconds();
  auto cpu = cpu_seconds();
  // Nobody tells it anything: it waits for a time.
  std::mutex mutex;
  std::condition_variable waiting;
  std::unique_lock lock{mutex};
  auto next = std::chrono::steady_clock::now();
  size_t made = 0, all = size_t(rate) * seconds;
  while (made < all) {
    next += pause;
    waiting.wait_until(lock, next, [] { return false; });
    auto due = std::min(all, size_t((wall_seconds() - began) * rate));
    auto first = made;
    batch page{0, ++position, {}};
    for (; made < due; ++made) {
      auto roll = rows.below(10);
      if (roll < 3 || running.empty()) {
        running.push_back(rows.next());
        page.changes.push_back(begin_of(running.back()));
      } else if (roll < 7) {
        execution_change progress;
        auto& x = running[rows.below(running.size())];
        progress.id = x.id;
        progress.revision = 2;
        progress.set.updated = x.set.updated;
        page.changes.push_back(std::move(progress));
      } else {
        page.changes.push_back(end_of(running.front()));
        running.pop_front();
      }
    }
    (void)of->apply({page});
    auto now = wall_seconds();
    for (auto i = first; i < made; ++i)
      lags.push_back((now - began - double(i) / rate) * 1e3);
  }
  auto took = wall_seconds() - began;
  std::sort(lags.begin(), lags.end());
  std::printf("%d updates/s over %zu executions for %d s: lag p50 %.0f ms, "
              "p99 %.0f ms, at most %.0f ms; %.2f of a core, %.1f us each\n",
              rate, count, seconds, lags[lags.size() / 2],
              lags[lags.size() * 99 / 100], lags.back(),
              (cpu_seconds() - cpu) / took,
              (cpu_seconds() - cpu) / double(all) * 1e6);
}

} // namespace

int main(int argc, char** argv) {
  size_t count = argc > 1 ? size_t(std::atoll(argv[1])) : 1'000'000;
  std::filesystem::path directory
      = argc > 2 ? argv[2]
                 : std::filesystem::temp_directory_path() / "index_feed_bench";
  for (size_t page : {25, 200, 2'000})
    for (bool in_two : {false, true})
      feed_short(directory, page, in_two);
  if (count > 0)
    feed_steadily(directory, count);
  std::filesystem::remove_all(directory);
  return 0;
}
