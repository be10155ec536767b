#pragma once

#include "actors/engine/decider.hpp"

#include <string>
#include <unordered_set>
#include <vector>

namespace tutti::engine {

/// Takes the secrets of a task out of texts that leave it
/// (reference:expressions#secrets-in-errors). Error texts quote values in
/// parts, in other case or encoded, so every run of characters that a secret
/// has too is replaced.
class secret_mask {
 public:
  /// The values of the secrets that the row's input and its `runtimeMetadata`
  /// name.
  secret_mask(const task& row, const environment& env);
  secret_mask(const std::vector<std::string>& names, const environment& env);

  bool empty() const { return whole_.empty() && parts_.empty(); }
  std::string hide(const std::string& text) const;
  payload hide(const payload& value) const;

 private:
  void add(std::string value);
  void add_form(const std::string& value);

  std::vector<std::string> whole_; ///< too short for parts
  std::unordered_set<std::string> parts_;
};

/// The names of the secrets of a task.
std::vector<std::string> secrets_of(const task& row);

/// Hides the task's secrets in the reason, and in the output if it failed,
/// before the event is recorded.
void hide_secrets(copy_on_write<task_changed>& change, const state& execution,
                  const environment& env);
void hide_secrets(task& added, const environment& env);

} // namespace tutti::engine
