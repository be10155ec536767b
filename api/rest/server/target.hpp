#pragma once

#include "messages/model/result.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tutti::rest {

/// A parsed request target. The views point into `text`, so its address must be
/// stable.
struct target {
  target() = default;
  target(const target&) = delete;
  target& operator=(const target&) = delete;

  /// Path segments, each percent-decoded once; a trailing slash adds none.
  std::vector<std::string_view> segments;
  /// Form-decoded, in the order sent, with repetitions.
  std::vector<std::pair<std::string_view, std::string_view>> query;
  std::string text;
};

/// Fails with a sentence for the client when the target is not origin-form or
/// absolute-form, has a broken escape, an encoded NUL, or is no UTF-8.
result<done> parse_target(std::string_view raw, target& into);

} // namespace tutti::rest
