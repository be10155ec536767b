#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tutti::storage::postgres {

/// The parameters of a statement in the protocol's binary form. What `bytes`
/// is given must outlive the object; everything else is copied.
class parameters {
 public:
  parameters() = default;
  parameters(parameters&&) = default;
  parameters& operator=(parameters&&) = default;

  parameters& integer(int32_t x); ///< int4
  parameters& number(uint64_t x); ///< int8
  parameters& bytes(std::string_view x);
  parameters& text(std::string_view x) { return bytes(x); }

  parameters& integers(std::span<const uint32_t> all); ///< int4[]
  parameters& numbers(std::span<const uint64_t> all);  ///< int8[]
  parameters& byte_strings(std::span<const std::string_view> all);

  int count() const { return static_cast<int>(values_.size()); }
  const char* const* values() const { return values_.data(); }
  const int* lengths() const { return lengths_.data(); }
  const int* formats() const { return formats_.data(); }

 private:
  parameters& keep(std::string x);

  std::deque<std::string> kept_;
  std::vector<const char*> values_;
  std::vector<int> lengths_, formats_;
};

/// A column of a row in binary form; nothing when it has another size.
uint64_t read_number(std::string_view x);
uint32_t read_integer(std::string_view x);

} // namespace tutti::storage::postgres
