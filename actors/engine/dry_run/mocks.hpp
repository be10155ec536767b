#pragma once

#include "messages/model/test_request.hpp"

#include <map>
#include <optional>
#include <string>

namespace tutti::engine::dry_run {

/// The mocks of one execution; each attempt takes the next one.
class mock_book {
 public:
  explicit mock_book(std::shared_ptr<const workflow_test_request> from)
      : from_(std::move(from)) {}

  /// The next mock for the row's reference (`t1__2` in a loop), else for the
  /// task's; nullopt when none is left.
  std::optional<task_mock> take(const task& row);
  /// The request has or had mocks for that task.
  bool knows(const task& row) const;
  /// The child's own request, or null.
  std::shared_ptr<const workflow_test_request> child(const task& row) const;

  /// Mocks left over, by reference; without those that are used up.
  std::map<std::string, size_t> unused() const;

 private:
  std::shared_ptr<const workflow_test_request> from_;
  std::map<std::string, size_t, std::less<>> used_;
};

} // namespace tutti::engine::dry_run
