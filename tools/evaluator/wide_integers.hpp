#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tutti::evaluator {

/// Integers of an input that no double has. Both languages compute in doubles,
/// so each such integer is given a double of its own, the nearest that is free,
/// and is written as itself again where a result has that double. What a script
/// only hands on, compares or sorts stays what it was.
class wide_integers {
 public:
  /// `json` is valid. Returns it with other digits for integers whose nearest
  /// double stands for another number; `storage` holds what was rewritten.
  std::string_view read(std::string_view json, std::string& storage);
  /// Why `read` has failed: the first integer past 64 bits; empty: it has not.
  const std::string& past_64_bits() const { return past_64_bits_; }
  /// The digits of the integer that this double stands for; null: for itself.
  const std::string* of(double x) const;

 private:
  /// In ascending order.
  std::vector<std::pair<double, std::string>> stand_ins_;
  std::string past_64_bits_;
};

} // namespace tutti::evaluator
