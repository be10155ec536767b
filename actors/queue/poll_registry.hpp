#pragma once

#include "actors/engine/decider.hpp"
#include "actors/support/clock.hpp"
#include "messages/model/requests.hpp"
#include "storage/store.hpp"

#include <chrono>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace tutti {

/// Who polled for which task type, and when. Written by every poll; read by
/// decisions (reference:workers#domains) and operators, from any thread.
class poll_registry final : public engine::domain_activity {
 public:
  /// Names are the callers': beyond `rows_max` task types and domains the one
  /// that was polled longest ago is forgotten.
  poll_registry(std::shared_ptr<const tutti::clock> clock,
                std::chrono::milliseconds active_within,
                size_t rows_max = 20'000)
      : clock_(std::move(clock)), active_within_(active_within),
        rows_max_(rows_max) {}

  void polled(const std::string& task_type, const std::string& domain,
              const std::string& worker_id);

  bool active(std::string_view task_type,
              std::string_view domain) const override;
  /// Who is asked for a queue besides: do workers of other nodes wait for it?
  /// Before the first decision.
  void ask_also(std::function<bool(const std::string& queue)> elsewhere) {
    elsewhere_ = std::move(elsewhere);
  }

  /// Forgets older polls.
  void forget(std::chrono::milliseconds age);

  /// Reads the polls that an earlier process wrote.
  result<done> load(const storage::store& store);
  /// Rows of the changes since the last call, for the shard of definitions.
  storage::batch changes();

  /// nullopt: the type was never polled in that domain.
  std::optional<poll_data> of(std::string_view task_type,
                              std::string_view domain) const;
  /// Sorted by domain.
  std::vector<poll_data> of(const std::string& task_type) const;
  /// Sorted by task type and domain.
  std::vector<poll_data> all() const;

  struct figures {
    size_t rows = 0;
    uint64_t forgotten = 0; ///< because there were too many
  };
  figures count() const;

 private:
  struct mark;
  using domains = std::map<std::string, mark, std::less<>>;
  using types = std::map<std::string, domains, std::less<>>;
  /// An entry of `types_`; nodes of a map stay where they are.
  using place = std::pair<types::iterator, domains::iterator>;
  struct mark {
    int64_t last_poll_time = 0;
    std::string worker_id;
    bool written = false; ///< as it is now
    bool stored = false;  ///< there is a row
    std::list<place>::iterator order = {};
  };

  bool active_here(std::string_view task_type, std::string_view domain) const;
  mark& touch(const std::string& task_type, const std::string& domain);
  void forget(place which);

  static poll_data row(const std::string& task_type, const std::string& domain,
                       const mark& x);

  std::shared_ptr<const tutti::clock> clock_;
  const std::chrono::milliseconds active_within_;
  const size_t rows_max_;
  std::function<bool(const std::string& queue)> elsewhere_;
  mutable std::mutex mutex_;
  types types_;
  std::list<place> order_; ///< polled longest ago first
  uint64_t evicted_ = 0;
  std::vector<std::string> forgotten_; ///< keys
};

} // namespace tutti
