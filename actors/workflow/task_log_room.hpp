#pragma once

#include "messages/requests/request_bounds.hpp"
#include "storage/readers.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace tutti {

/// How much the tasks of a shard may still log. Only tasks that log now are
/// known; what others have logged is read from the store when they begin again.
/// Also which secrets such a task knows, because its lines must not show them.
/// Thread safe.
class task_log_room {
 public:
  struct figures {
    uint64_t lines = 0, bytes = 0;
  };
  enum class verdict : uint8_t { fits, full, unknown };

  figures most{.lines = 10'000, .bytes = 10u << 20};

  /// Counts these lines when they fit.
  verdict take(const std::string& task_id, uint64_t lines, uint64_t bytes);
  /// Which bound so much more would reach, with its sentence.
  std::pair<const bound*, failure> refusal(const std::string& task_id,
                                           uint64_t lines, uint64_t bytes);
  /// What the store has of a task.
  void learn(const std::string& task_id, figures x);
  using names = std::shared_ptr<const std::vector<std::string>>;
  /// The same, and the names of its secrets.
  void learn(const std::string& task_id, figures x, names secrets);
  /// Null: they are not known.
  names secrets_of(const std::string& task_id) const;
  /// Reads it aside.
  static void learn_from(std::shared_ptr<task_log_room> to,
                         storage::readers& by, uint32_t shard,
                         std::string task_id);
  /// The tasks of an execution that was removed.
  void forget(std::string_view workflow_id);

  static result<figures> read(const storage::store& from, uint32_t shard,
                              const std::string& task_id);

 private:
  static constexpr size_t tasks_max = 10'000;

  struct task {
    figures has;
    names secrets = {};
  };
  mutable std::mutex mutex_;
  std::unordered_map<std::string, task> known_;
};

} // namespace tutti
