#pragma once

#include "messages/model/definitions.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace tutti::storage {

/// A pinned definition as it is stored: once per content, under the hash of its
/// compact JSON, so that a revision names it in a few bytes.
class kept_definition {
 public:
  /// Computes text and hash.
  explicit kept_definition(workflow_def_pointer definition);
  kept_definition(workflow_def_pointer definition, std::string hash);

  const workflow_def_pointer& definition() const { return definition_; }
  const std::string& hash() const { return hash_; } ///< 16 bytes

  /// The task with that reference, or null.
  workflow_task_pointer find(std::string_view reference) const;
  /// The task of a row's reference: `a__2` means task `a` unless a task `a__2`
  /// exists.
  workflow_task_pointer find_for_row(std::string_view reference) const;

 private:
  void add(const std::vector<workflow_task>& tasks);
  const workflow_task* look_up(std::string_view reference) const;

  workflow_def_pointer definition_;
  std::string hash_;
  std::unordered_map<std::string_view, const workflow_task*> tasks_;
};

using kept_definition_pointer = std::shared_ptr<const kept_definition>;

/// The text that is stored under its hash.
std::string definition_text(const workflow_def& definition);
/// 128 bits of SHA-256.
std::string definition_hash(std::string_view text);

} // namespace tutti::storage
