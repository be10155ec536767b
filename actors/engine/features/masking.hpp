#pragma once

#include "messages/model/execution.hpp"

namespace tutti::engine {

/// maskedFields of a workflow definition: readers of an execution see a mask in
/// place of the values under these keys, at any depth. Workers, expressions and
/// the store keep the values.
class masking {
 public:
  explicit masking(const workflow_def& by) : fields_(by.masked_fields) {}

  bool on() const { return !fields_.empty(); }
  /// The same payload when nothing in it is masked.
  payload of(const payload& x) const;
  /// A copy with input, output and variables masked.
  workflow of(const workflow& x) const;

 private:
  const std::vector<std::string>& fields_;
};

} // namespace tutti::engine
