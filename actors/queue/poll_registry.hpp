#pragma once

#include "actors/engine/decider.hpp"
#include "actors/support/clock.hpp"
#include "messages/model/requests.hpp"
#include "storage/store.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace tutti {

/// Who polled for what, and when. Written by every poll, read by decisions
/// (reference:workers#domains) and by operators, from any thread.
class poll_registry final : public engine::domain_activity {
 public:
  poll_registry(std::shared_ptr<const tutti::clock> clock,
                std::chrono::milliseconds active_within)
      : clock_(std::move(clock)), active_within_(active_within) {}

  void polled(const std::string& task_type, const std::string& domain,
              const std::string& worker_id);

  bool active(std::string_view task_type,
              std::string_view domain) const override;

  /// Drops what is older.
  void forget(std::chrono::milliseconds age);

  /// Begins with what an earlier process wrote.
  result<done> load(const storage::store& store);
  /// Rows of what changed since the last call, for the shard of definitions.
  storage::batch changes();

  /// One type in one domain, if it was ever polled.
  std::optional<poll_data> of(std::string_view task_type,
                              std::string_view domain) const;
  /// By domain.
  std::vector<poll_data> of(const std::string& task_type) const;
  /// By task type and domain.
  std::vector<poll_data> all() const;

 private:
  struct mark {
    int64_t last_poll_time = 0;
    std::string worker_id;
    bool written = false;
  };
  using domains = std::map<std::string, mark, std::less<>>;

  static poll_data row(const std::string& task_type, const std::string& domain,
                       const mark& x);

  std::shared_ptr<const tutti::clock> clock_;
  const std::chrono::milliseconds active_within_;
  mutable std::mutex mutex_;
  std::map<std::string, domains, std::less<>> types_;
  std::vector<std::string> forgotten_; ///< keys
};

} // namespace tutti
