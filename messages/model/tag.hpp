#pragma once

#include "messages/model/violations.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tutti {

/// A note on a definition or a schedule, for people and their tools.
struct tag {
  std::string key, value, type;
  friend bool operator==(const tag&, const tag&) = default;
};

template <class Visit>
bool members_of(const tag*, Visit& visit) {
  using x = tag;
  return visit.always("key", &x::key) || visit.always("value", &x::value)
         || visit("type", &x::type);
}

/// One tag, or a list of them.
result<std::vector<tag>> read_tags(std::string_view text);
void write(std::string& out, const tag& x);

} // namespace tutti
