#pragma once

#include "messages/model/result.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tutti {

/// Collects the broken rules of one request: the first ones, each cut to a
/// length, and how many more there are. A small request may break a rule
/// thousands of times; its answer stays small, and so does what is held
/// meanwhile.
class violations {
 public:
  static constexpr size_t shown_max = 50;
  static constexpr size_t characters_max = 300;

  void add(std::string path, std::string message,
           std::optional<std::string> value = std::nullopt);
  /// Each counts as one, also a "... and 3 more" among them.
  void add(std::vector<violation> list);

  void at_least(const std::string& path, std::string_view field, int64_t value,
                int64_t min);
  void not_empty(const std::string& path, std::string_view field,
                 const std::string& value, std::string message);

  size_t count() const { return count_; }
  /// What is not shown has one entry at the end.
  std::vector<violation> take() &&;

 private:
  std::vector<violation> shown_;
  size_t count_ = 0;
};

/// The text, or its beginning and "..." if it has more characters.
std::string shortened(std::string_view text, size_t characters_max);

/// A name as sentences show it: in quotes, and not longer than a line.
std::string short_name(std::string_view name);

} // namespace tutti
