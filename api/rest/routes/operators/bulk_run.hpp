#pragma once

#include "api/rest/routes/route_groups.hpp"

namespace tutti::rest {

/// Performs one step, or several in a row, for each of many workflows: all
/// workflows at a time, the steps of one workflow in order, even after a failed
/// step. Answers with the BulkResponse.
class bulk_run : public std::enable_shared_from_this<bulk_run> {
 public:
  /// The failure of a step; null: it succeeded.
  using outcome_of_step = std::function<void(const failure*)>;
  using step = std::function<void(const std::string& workflow_id,
                                  const request_context&, outcome_of_step)>;

  bulk_run(exchange_pointer x, std::vector<std::string> ids,
           std::vector<step> steps);
  /// Call once, on an object owned by a shared_ptr.
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
  std::vector<outcome> outcomes_; ///< one reply at a time writes each
  std::atomic<size_t> left_;
};

} // namespace tutti::rest
