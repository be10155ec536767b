#include "storage/rocksdb/families.hpp"

#include <array>

namespace tutti::storage {

namespace families_detail {

constexpr auto all_kinds = [] {
  std::array<char, 256> out{};
  for (int i = 0; i < 256; ++i)
    out[static_cast<size_t>(i)] = static_cast<char>(i);
  return out;
}();

int first_kind(std::string_view from) {
  return from.empty() ? 0 : static_cast<unsigned char>(from[0]);
}

/// The last kind of key before `to`. A `to` of one byte ends before that kind.
int last_kind(std::string_view to) {
  if (to.empty())
    return 255;
  auto kind = static_cast<unsigned char>(to[0]);
  return to.size() == 1 ? kind - 1 : kind;
}

} // namespace families_detail

family_set families_of(std::string_view from, std::string_view to) {
  family_set set = 0;
  if (from.empty()) // the empty key has no kind
    set |= family_set{1} << static_cast<int>(family::state);
  int last = families_detail::last_kind(to);
  for (int kind = families_detail::first_kind(from); kind <= last; ++kind)
    set |= static_cast<family_set>(1 << static_cast<int>(family_of_kind(
                                       static_cast<unsigned char>(kind))));
  return set;
}

std::vector<family_range> split(std::string_view from, std::string_view to) {
  std::vector<family_range> out;
  if (!to.empty() && to <= from)
    return out;
  out.push_back({family_of(from), from, to});
  int last = families_detail::last_kind(to);
  for (int kind = families_detail::first_kind(from) + 1; kind <= last; ++kind) {
    auto where = family_of_kind(static_cast<unsigned char>(kind));
    if (where == out.back().where)
      continue;
    auto edge = std::string_view{
        &families_detail::all_kinds[static_cast<size_t>(kind)], 1};
    out.back().to = edge;
    out.push_back({where, edge, to});
  }
  return out;
}

} // namespace tutti::storage
