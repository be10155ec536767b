#pragma once

#include "actors/search/index_keeper.hpp"
#include "actors/search/search_service.hpp"
#include "actors/support/self_timer.hpp"
#include "messages/interfaces.hpp"

#include <functional>
#include <list>
#include <memory>
#include <vector>

namespace tutti {

struct search_context {
  search_settings settings;
  std::shared_ptr<index_keeper> keeper;
  std::shared_ptr<search_service> service;
  std::shared_ptr<const storage::store> store; ///< for the ends of its feeds
};

/// Lets searches wait until the index has the commits that were acknowledged
/// before them, but not for ever.
struct search_state {
  static constexpr const char* name = "search";

  explicit search_state(search_actor::pointer self) : self(self) {}
  ~search_state();

  void open(std::shared_ptr<const search_context> context);
  void begin(envelope<search_index>& x);
  void begin(envelope<summarize_executions>& x);
  void look();

  search_actor::pointer self;
  std::shared_ptr<const search_context> context;
  bool draining = false;

 private:
  using instant = std::chrono::steady_clock::time_point;
  struct waiting_search {
    std::function<void(search_service::lag)> begin;
    std::vector<uint64_t> positions; ///< of the feeds when it came
    instant until;
  };

  std::vector<uint64_t> ends() const;
  /// Calls `begin` once the index has what was acknowledged until now, or has
  /// not caught up in time; `refuse` when too many wait.
  void when_applied(std::function<void(search_service::lag)> begin,
                    const std::function<void(failure)>& refuse);

  std::list<waiting_search> waiting_;
  /// Shared with the keeper: somebody waits.
  std::shared_ptr<std::atomic<bool>> anybody_
      = std::make_shared<std::atomic<bool>>(false);
  self_timer self_timer_;
};

search_actor::behavior_type
search(search_actor::stateful_pointer<search_state> self,
       std::shared_ptr<const search_context> context);

} // namespace tutti
