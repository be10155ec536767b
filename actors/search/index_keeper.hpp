#pragma once

#include "actors/feed/feed_consumer.hpp"
#include "actors/metrics/metric.hpp"
#include "actors/search/search_definitions.hpp"
#include "storage/index/index_store.hpp"
#include "storage/readers.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace tutti {

/// Keeps the search index: applies the commits of all shards, and builds it
/// anew when it is lost, damaged, too far behind, or when an operator asks.
/// Thread safe. A thread of its own does what blocks.
class index_keeper final : public feed_consumer,
                           public std::enable_shared_from_this<index_keeper> {
 public:
  struct ports {
    std::shared_ptr<index::index_store> index;
    std::shared_ptr<const storage::store> store;
    storage::readers_pointer readers;
  };
  enum class phase : uint8_t { opening, ready, building, closed };
  struct status {
    phase now = phase::opening;
    uint64_t behind = 0;   ///< commits that are not applied yet
    int64_t behind_ms = 0; ///< since when
    uint64_t applied = 0;  ///< changes of executions, since the start
    uint64_t rebuilds = 0;
    uint64_t built = 0;        ///< executions, while it is building
    uint64_t building_of = 0;  ///< roughly how many there are; 0: not known
    uint32_t built_shards = 0; ///< of `shards`
    uint32_t shards = 0;
    std::string why; ///< the last failure
  };

  explicit index_keeper(ports of);
  ~index_keeper() override;

  // feed_consumer
  std::string name() const override { return "index"; }
  bool keeps_positions() const override { return true; }
  void resume(uint32_t, const storage::follower_mark&) override {}
  void open(reply<feed_positions> done) override;
  void consume(uint32_t shard, feed_page_pointer page,
               reply<feed_result> done) override;
  void rebuild(uint32_t shard, uint64_t position,
               reply<feed_result> done) override;
  void when_hurried(std::function<void()> hurry) override;

  /// A search waits: what was committed by now is applied without a pause.
  void hurry();

  /// An operator asks. errc::conflict: it is being built.
  result<tutti::done> build_anew();

  /// Called, from its own thread, whenever the index has more.
  void when_applied(std::function<void()> told);
  /// How many commits up to these positions, by shard, it does not have.
  uint64_t missing(const std::vector<uint64_t>& positions) const;

  const index::index_store& index() const { return *ports_.index; }
  status report() const;
  std::vector<metric> metrics() const;

  /// Ends the thread; answers nothing any more.
  void close();

 private:
  using instant = std::chrono::steady_clock::time_point;
  struct pending {
    index::batch what;
    reply<feed_result> done;
    instant since;
  };
  struct builder_wait {
    uint32_t shard;
    uint64_t position;
    reply<feed_result> done;
  };

  void run();
  bool open_index();
  bool is_of_store(const std::vector<uint64_t>& positions) const;
  /// True: go on; false: closed.
  bool wait_for(std::chrono::milliseconds pause);
  void apply(std::vector<pending> pages);
  result<tutti::done> complete(const std::vector<std::string>& ids);
  bool must_build() const { return asked_ || !waiting_.empty(); }
  bool build();
  bool build_shard(index::builder& to, uint32_t shard);
  void built(const std::vector<uint64_t>& positions);
  void note(const failure& why);

  const ports ports_;
  search_definitions definitions_;
  mutable std::mutex mutex_;
  std::condition_variable ready_;
  std::vector<pending> pages_;
  std::vector<builder_wait> waiting_;
  std::vector<uint64_t> applied_; ///< by shard
  reply<feed_positions> opened_;
  size_t reading_ = 0; ///< pages that come soon
  std::function<void()> told_, hurry_;
  bool open_ = false, closed_ = false;
  bool asked_ = false; ///< to be built, whoever waits for that
  status status_;
  instant oldest_{}; ///< page that is not applied; none: zero
  std::thread thread_;
};

} // namespace tutti
