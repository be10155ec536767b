#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tutti::test {

/// What the node has promised: the starts and results it acknowledged. Times
/// are numbers of one counter, so that "after" means after.
class ledger {
 public:
  /// Taken before a request goes out.
  uint64_t tick();

  void start_acknowledged(const std::string& workflow);

  struct result {
    std::string workflow;
    std::string step;
    std::string task;
    std::string token; ///< in the output, unique per update
  };
  /// `in_time`: the worker was well within its response timeout, so that the
  /// node may not have given the attempt up.
  void result_acknowledged(const result& what, bool in_time);

  /// Why a task that a poll brought should not have been handed out. `polled`
  /// is the tick before the poll.
  std::optional<std::string> handed_out_wrongly(const std::string& workflow,
                                                const std::string& step,
                                                uint64_t polled) const;

  struct promised_task {
    std::string step;
    std::set<std::string> tokens;
    bool in_time = false;
  };
  std::vector<std::string> workflows() const;
  std::map<std::string, promised_task>
  tasks_of(const std::string& workflow) const;
  size_t starts() const;
  size_t results() const;

 private:
  mutable std::mutex mutex_;
  uint64_t now_ = 0;
  size_t results_ = 0;
  std::set<std::string> workflows_;
  /// By workflow and task id.
  std::map<std::string, std::map<std::string, promised_task>> tasks_;
  /// By workflow and step: when the first result in time was acknowledged.
  std::map<std::string, std::map<std::string, uint64_t>> finished_;
};

} // namespace tutti::test
