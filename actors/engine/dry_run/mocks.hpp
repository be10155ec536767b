#pragma once

#include "messages/model/test_request.hpp"

#include <map>
#include <optional>
#include <string>

namespace tutti::engine::dry_run {

/// The mocks of one execution, used up one attempt after the other.
class mock_book {
 public:
  explicit mock_book(std::shared_ptr<const workflow_test_request> from)
      : from_(std::move(from)) {}

  /// By the name of the row (`t1__2` in a loop), else by the one in the
  /// definition.
  std::optional<task_mock> take(const task& row);
  /// Whether anything was ever told about that task.
  bool knows(const task& row) const;
  /// The child's own request, or null.
  std::shared_ptr<const workflow_test_request> child(const task& row) const;

  /// Those nobody asked for, by reference; nothing for what is used up.
  std::map<std::string, size_t> unused() const;

 private:
  std::shared_ptr<const workflow_test_request> from_;
  std::map<std::string, size_t, std::less<>> used_;
};

} // namespace tutti::engine::dry_run
