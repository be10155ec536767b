#include "storage/postgres/parameters.hpp"

#include <type_traits>

namespace tutti::storage::postgres {

namespace parameters_detail {

// Types as PostgreSQL numbers them, and everybody who speaks its protocol.
constexpr uint32_t bytea_type = 17, int8_type = 20, int4_type = 23;

template <class T>
void append(std::string& to, T x) {
  for (int shift = int(sizeof(T)) * 8 - 8; shift >= 0; shift -= 8)
    to.push_back(static_cast<char>(x >> shift & 0xff));
}

/// Dimensions, whether there are nulls, type; then length and lower bound.
std::string array_begin(uint32_t type, size_t length, size_t bytes) {
  std::string out;
  out.reserve(20 + bytes);
  append(out, uint32_t(length == 0 ? 0 : 1));
  append(out, uint32_t(0));
  append(out, type);
  if (length > 0) {
    append(out, uint32_t(length));
    append(out, uint32_t(1));
  }
  return out;
}

template <class T>
std::string array_of(uint32_t type, std::span<const T> all) {
  auto out = array_begin(type, all.size(), all.size() * (4 + sizeof(T)));
  for (auto x : all) {
    append(out, uint32_t(sizeof(T)));
    append(out, x);
  }
  return out;
}

template <class T>
T read(std::string_view x) {
  T out = 0;
  for (char c : x)
    out = out << 8 | T(static_cast<unsigned char>(c));
  return x.size() == sizeof(T) ? out : 0;
}

} // namespace parameters_detail

parameters& parameters::keep(std::string x) {
  kept_.push_back(std::move(x));
  return bytes(kept_.back());
}

parameters& parameters::integer(int32_t x) {
  std::string out;
  parameters_detail::append(out, static_cast<uint32_t>(x));
  return keep(std::move(out));
}

parameters& parameters::number(uint64_t x) {
  std::string out;
  parameters_detail::append(out, x);
  return keep(std::move(out));
}

parameters& parameters::bytes(std::string_view x) {
  // A null pointer would be the value NULL.
  values_.push_back(x.empty() ? "" : x.data());
  lengths_.push_back(static_cast<int>(x.size()));
  formats_.push_back(1);
  return *this;
}

parameters& parameters::integers(std::span<const uint32_t> all) {
  using namespace parameters_detail;
  return keep(array_of(int4_type, all));
}

parameters& parameters::numbers(std::span<const uint64_t> all) {
  using namespace parameters_detail;
  return keep(array_of(int8_type, all));
}

parameters& parameters::byte_strings(std::span<const std::string_view> all) {
  using namespace parameters_detail;
  size_t bytes = 0;
  for (auto x : all)
    bytes += 4 + x.size();
  auto out = array_begin(bytea_type, all.size(), bytes);
  for (auto x : all) {
    append(out, static_cast<uint32_t>(x.size()));
    out += x;
  }
  return keep(std::move(out));
}

uint64_t read_number(std::string_view x) {
  return parameters_detail::read<uint64_t>(x);
}

uint32_t read_integer(std::string_view x) {
  return parameters_detail::read<uint32_t>(x);
}

} // namespace tutti::storage::postgres
