#pragma once

#include "storage/index/index_store.hpp"

#include <ctime>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

namespace tutti::index::bench {

inline constexpr int64_t now = 1'700'000'000'000, day_ms = 86'400'000;

inline double cpu_seconds() {
  timespec at{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
  return double(at.tv_sec) + double(at.tv_nsec) * 1e-9;
}

inline double wall_seconds() {
  using namespace std::chrono;
  return duration<double>(steady_clock::now().time_since_epoch()).count();
}

/// 7 days, types of unequal popularity, one task each, some 50 words each.
class generator {
 public:
  explicit generator(size_t count) : count_(count) {
    for (int i = 0; i < 4'000; ++i)
      vocabulary_.push_back("word" + std::to_string(i));
  }

  size_t below(size_t x) { return size_t(random_() % x); }
  /// Few are frequent.
  size_t unequal(size_t x) {
    std::uniform_real_distribution<double> part(0, std::log(double(x)));
    return std::min(x - 1, size_t(std::exp(part(random_))) - 1);
  }

  execution_change next() {
    auto i = made_++;
    execution_change out;
    char id[40];
    auto created = now - 7 * day_ms
                   + int64_t(double(i) / double(count_) * 7 * double(day_ms));
    std::snprintf(id, sizeof id, "%08llx-%04llx-4%03zx-8%03zx-%012zx",
                  (unsigned long long)(created >> 16),
                  (unsigned long long)(created & 0xffff), below(4096),
                  below(4096), i);
    out.id = id;
    out.revision = 6;
    out.complete = true;
    auto& row = out.set;
    row.type = "workflow_" + std::to_string(unequal(200));
    row.version = 1;
    row.status = status();
    row.created = created;
    auto took = int64_t(std::exp(double(below(1'400)) / 100));
    bool ended = is_terminal(*row.status);
    row.ended = ended ? created + took : 0;
    row.updated = created + took;
    row.priority = int64_t(below(3));
    row.correlation_id = "order-" + std::to_string(below(count_ * 2 / 5 + 1));
    row.created_by = "service-" + std::to_string(below(20));
    bool bad = ended && *row.status != workflow_status::completed;
    row.reason
        = bad ? "the card was declined by bank " + std::to_string(below(50))
              : "";
    row.failed_references = bad ? "pay" : "";
    row.failed_tasks = bad ? "pay" : "";
    words(out.words[0].emplace(), 30);
    out.words[0]->push_back(*row.correlation_id);
    if (ended)
      words(out.words[1].emplace(), 20);
    if (bad)
      out.words[2] = {"the", "card", "was", "declined", "by", "bank"};
    auto& task = out.tasks.emplace_back();
    task.id = std::string(id, 23) + "-t" + std::to_string(i);
    task.added = true;
    task.set.type = task.set.definition = "task_" + std::to_string(below(50));
    task.set.reference = "step";
    task.set.status = bad     ? task_status::failed
                      : ended ? task_status::completed
                              : task_status::in_progress;
    task.set.scheduled = created;
    task.set.started = created + 5;
    task.set.updated = created + took;
    task.set.ended = ended ? created + took : 0;
    task.set.worker_id = "worker-" + std::to_string(below(40));
    return out;
  }

 private:
  workflow_status status() {
    auto roll = below(1'000);
    using enum workflow_status;
    return roll < 880   ? completed
           : roll < 930 ? failed
           : roll < 960 ? running
           : roll < 980 ? terminated
           : roll < 995 ? timed_out
                        : paused;
  }

  void words(std::vector<std::string>& to, size_t count) {
    for (size_t i = 0; i < count; ++i)
      to.push_back(vocabulary_[unequal(vocabulary_.size())]);
  }

  std::mt19937_64 random_{42};
  size_t count_, made_ = 0;
  std::vector<std::string> vocabulary_;
};

struct phase {
  double wall = wall_seconds(), cpu = cpu_seconds();
  void report(const char* name, size_t rows) const {
    auto w = wall_seconds() - wall, c = cpu_seconds() - cpu;
    std::printf("%s: %zu rows, %.1f s, %.0f rows/s, %.1f us of CPU each\n",
                name, rows, w, double(rows) / w, c / double(rows) * 1e6);
  }
};

} // namespace tutti::index::bench
