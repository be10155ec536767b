#pragma once

#include "api/rest/routes/route_table.hpp"

namespace tutti::rest {

/// One thing, or one after another, done to each of many workflows. All
/// workflows at the same time, the steps of one in order, each step whether or
/// not the last one went well. Answers with the BulkResponse.
class bulk_run : public std::enable_shared_from_this<bulk_run> {
 public:
  using step
      = std::function<void(const std::string& workflow_id, reply<answer> done)>;

  bulk_run(exchange_pointer x, std::vector<std::string> ids,
           std::vector<step> steps);
  /// Once, on a shared one.
  void start();

 private:
  struct outcome {
    size_t successes = 0;
    std::optional<std::string> error;
  };

  void run(size_t item, size_t step);
  void ended(size_t item, size_t step, const result<answer>& how);
  std::string body() const;

  exchange_pointer x_;
  std::vector<std::string> ids_;
  std::vector<step> steps_;
  std::vector<outcome> outcomes_; ///< each is one reply's at a time
  std::atomic<size_t> left_;
};

} // namespace tutti::rest
