#pragma once

#include "actors/metrics/metric.hpp"
#include "actors/search/found_bodies.hpp"
#include "actors/search/index_keeper.hpp"
#include "actors/search/search_settings.hpp"
#include "actors/support/clock.hpp"
#include "messages/model/bounds.hpp"
#include "messages/model/threads/work_pool.hpp"
#include "messages/requests.hpp"

#include <array>
#include <atomic>
#include <memory>

namespace tutti {

/// Runs searches on threads of its own: reads the query, asks the index, has
/// `readers` read the bodies. Thread safe.
class search_service : public std::enable_shared_from_this<search_service> {
 public:
  struct ports {
    std::shared_ptr<index_keeper> keeper;
    storage::readers_pointer readers;
    std::shared_ptr<tutti::clock> clock;
    uint32_t shards = 1;
    std::shared_ptr<reached_bounds> reached = {}; ///< null: nobody counts
  };
  search_service(search_settings how, ports of);

  /// What the index does not have when the search begins.
  struct lag {
    uint64_t entries = 0;
    int64_t ms = 0;
  };
  void find(envelope<search_index> x, lag behind);
  void summarize(envelope<summarize_executions> x);
  void describe(envelope<read_index_status> x);

  std::vector<metric> metrics() const;
  void close() { pool_.close(); }

 private:
  struct question {
    index::search what;
    std::vector<std::string> warnings;
  };
  result<question> read(const search_index& x) const;
  /// Counts the bound that a query has reached.
  void note_bound(const failure& why) const;
  void run(const envelope<search_index>& x, lag behind);
  void answer(const envelope<search_index>& x, index::hits hits,
              search_result out);
  void submit(std::function<void()> work,
              const std::function<void(failure)>& refuse);
  void count(search_index::subject of,
             std::chrono::steady_clock::time_point since, bool good);

  const search_settings settings_;
  const ports ports_;
  found_bodies bodies_;
  struct figures {
    std::atomic<uint64_t> good{0}, failed{0}, micros{0};
  };
  std::array<figures, 3> figures_; ///< by subject
  work_pool pool_;
};

} // namespace tutti
