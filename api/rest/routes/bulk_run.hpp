#pragma once

#include "api/rest/routes/route_groups.hpp"

namespace tutti::rest {

/// One thing, or one after another, done to each of many workflows. All
/// workflows at the same time, the steps of one in order, each step whether or
/// not the last one went well. Answers with the BulkResponse.
class bulk_run : public std::enable_shared_from_this<bulk_run> {
 public:
  /// Why a step failed; null: it did not.
  using outcome_of_step = std::function<void(const failure*)>;
  using step = std::function<void(const std::string& workflow_id,
                                  const request_context&, outcome_of_step)>;

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
  void ended(size_t item, size_t step, const failure* why);
  std::string body() const;

  exchange_pointer x_;
  std::vector<std::string> ids_;
  std::vector<step> steps_;
  std::vector<outcome> outcomes_; ///< each is one reply's at a time
  std::atomic<size_t> left_;
};

} // namespace tutti::rest
