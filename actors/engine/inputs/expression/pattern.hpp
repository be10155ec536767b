#pragma once

#include "messages/model/result.hpp"

#include <memory>
#include <string_view>

namespace tutti::engine {

/// The regular expression of a `=~` filter. Matches the whole text, in time
/// bounded by pattern times text: all alternatives advance together, so that
/// (a+)+b costs no more than a+b. No look-around, no back references.
class pattern {
 public:
  static constexpr size_t pattern_bytes_max = 256;
  static constexpr size_t text_bytes_max = 8192;

  /// `flags` as after the closing slash: i, s, m, u.
  static result<pattern> compile(std::string_view text, std::string_view flags);

  /// False for text longer than `text_bytes_max`.
  bool matches(std::string_view text) const;

  /// What one match may cost, in the reader's steps.
  size_t cost(std::string_view text) const;

 private:
  struct machine;
  std::shared_ptr<const machine> machine_;
};

} // namespace tutti::engine
