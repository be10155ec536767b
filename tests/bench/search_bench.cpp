// search_bench [EXECUTIONS] [DIRECTORY]: what the search index costs and how
// long its answers take, with summaries that are loaded straight into it. 7
// days, 200 workflow types of unequal popularity, one ended task each, about 50
// words each. The store has no part in it.

#include "messages/model/query/binder.hpp"
#include "storage/index/sqlite/sqlite_index.hpp"
#include "tests/bench/search_rows.hpp"

#include <cstdlib>
#include <filesystem>

using namespace tutti;
using namespace tutti::index;
using namespace tutti::index::bench;

namespace {

constexpr size_t batch_rows = 2'000;

search parsed(const std::string& query, const std::string& text,
              const std::string& sort) {
  std::vector<std::string> warnings;
  query::binding how{query::subject::workflows, now, false};
  search out;
  auto filter = query::bind(*query::parse(query), how, warnings);
  auto words = query::bind(*query::parse_free_text(text), how, warnings);
  if (!filter || !words) {
    std::printf("%s: %s\n", query.c_str(),
                (filter ? words : filter).failure().message.c_str());
    std::exit(1);
  }
  out.filter = query::both(*filter, *words);
  out.sort = *query::parse_sort(sort, how, warnings);
  out.patience = std::chrono::seconds(60);
  return out;
}

struct question {
  const char* name;
  std::string query, text, sort = "startTime:DESC";
  uint64_t start = 0;
  std::vector<query::field> facets = {};
};

/// Milliseconds; values are drawn anew each time where `%` stands.
void ask(const index_store& of, const question& x, generator& random,
         int times) {
  std::vector<double> took;
  uint64_t total = 0;
  for (int i = 0; i < times; ++i) {
    auto put = [&](std::string text) {
      auto at = text.find('%');
      if (at != text.npos)
        text.replace(at, 1, std::to_string(random.unequal(200)));
      return text;
    };
    auto what = parsed(put(x.query), put(x.text), x.sort);
    what.start = x.start;
    what.facets = x.facets;
    if (!x.facets.empty())
      what.count = 0;
    auto begin = wall_seconds();
    auto found = of.find(what);
    took.push_back((wall_seconds() - begin) * 1e3);
    if (!found) {
      std::printf("%s: %s\n", x.name, found.failure().message.c_str());
      return;
    }
    total = found->total;
  }
  std::sort(took.begin(), took.end());
  std::printf("| %s | %llu | %.2f | %.2f |\n", x.name,
              (unsigned long long)total, took[took.size() / 2],
              took[std::min(took.size() - 1, took.size() * 99 / 100)]);
}

} // namespace

int main(int argc, char** argv) {
  size_t count = argc > 1 ? size_t(std::atoll(argv[1])) : 1'000'000;
  std::filesystem::path directory
      = argc > 2 ? argv[2]
                 : std::filesystem::temp_directory_path() / "search_bench";
  std::filesystem::remove_all(directory);
  auto of = make_sqlite_index({directory, task_policy::terminal, 2, 64, false});
  if (auto opened = of->open(1); !opened) {
    std::printf("%s\n", opened.failure().message.c_str());
    return 1;
  }
  generator rows(count);
  {
    auto to = of->rebuild();
    phase building;
    std::vector<execution_change> some;
    for (size_t i = 0; i < count; ++i) {
      some.push_back(rows.next());
      if (some.size() == batch_rows || i + 1 == count) {
        (void)(*to)->add(some);
        some.clear();
      }
    }
    (void)(*to)->finish({1});
    building.report("built, b-trees afterwards", count);
  }
  auto more = std::max<size_t>(count / 20, 1'000);
  uint64_t position = 1;
  {
    phase feeding;
    for (size_t i = 0; i < more;) {
      batch page{0, ++position, {}};
      for (size_t j = 0; j < 500 && i < more; ++j, ++i)
        page.changes.push_back(rows.next());
      (void)of->apply({page});
    }
    feeding.report("applied, new and ended, 500 in a transaction", more);
  }
  if (auto figures = of->count())
    std::printf("%llu executions, %llu tasks, %llu MiB\n",
                (unsigned long long)figures->workflows,
                (unsigned long long)figures->tasks,
                (unsigned long long)(figures->bytes >> 20));
  std::printf("\n| page of 100 with total | hits | p50 ms | p99 ms |\n"
              "|---|---|---|---|\n");
  const auto last_day = "startTime > " + std::to_string(now - day_ms);
  const question all[] = {
      {"everything", "", ""},
      {"status RUNNING", "status=RUNNING", ""},
      {"status COMPLETED", "status=COMPLETED", ""},
      {"a type", "workflowType=workflow_%", ""},
      {"a type, FAILED", "workflowType=workflow_% AND status=FAILED", ""},
      {"3 types, 2 statuses, a day",
       "workflowType IN (workflow_1,workflow_7,workflow_%) AND status IN "
       "(FAILED,TIMED_OUT) AND "
           + last_day,
       ""},
      {"a correlation id", "correlationId=order-%", ""},
      {"beginning of a correlation id", "correlationId STARTS_WITH 'order-1%'",
       "", "correlationId"},
      {"FAILED OR NOT recent", "status=FAILED OR NOT " + last_day, ""},
      {"a type, latest update", "workflowType=workflow_%", "",
       "updateTime:DESC"},
      {"ended within an hour", "endTime > -1h", "", "endTime:DESC"},
      {"offset 100,000", "", "", "startTime:DESC", 100'000},
      {"a rare word", "", "word39%"},
      {"a frequent word", "", "word1"},
      {"two words", "", "word% word12"},
      {"a phrase", "", "\"card was declined\""},
      {"a beginning", "", "word39*"},
      {"a word of a type, FAILED", "workflowType=workflow_% AND status=FAILED",
       "word2"},
      {"part of a reason, by pattern",
       "reasonForIncompletion='*bank 17' AND status=FAILED", ""},
  };
  for (auto& x : all)
    ask(*of, x, rows, 50);
  std::printf("\n| count by group | hits | p50 ms | p99 ms |\n"
              "|---|---|---|---|\n");
  const question groups[] = {
      {"status, everything",
       "",
       "",
       "startTime:DESC",
       0,
       {query::field::status}},
      {"status, a day",
       last_day,
       "",
       "startTime:DESC",
       0,
       {query::field::status}},
      {"type, FAILED",
       "status=FAILED",
       "",
       "startTime:DESC",
       0,
       {query::field::workflow_type}},
      {"type, everything",
       "",
       "",
       "startTime:DESC",
       0,
       {query::field::workflow_type}},
  };
  for (auto& x : groups)
    ask(*of, x, rows, 30);
  for (int64_t days : {1, 7}) {
    std::vector<double> took;
    for (int i = 0; i < 20; ++i) {
      auto begin = wall_seconds();
      auto lines = of->summarize({"", now - days * day_ms, now, false, 10'000});
      took.push_back((wall_seconds() - begin) * 1e3);
    }
    std::sort(took.begin(), took.end());
    std::printf("p50 and p99 of all types over %d days: %.1f ms\n", int(days),
                took[took.size() / 2]);
  }
  of.reset();
  std::filesystem::remove_all(directory);
  return 0;
}
