#pragma once

#include "messages/wire/values.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

// A form maps the members of a struct to the fields of a protobuf message, once
// for both directions (`m` the message, `x` the struct):
//
//   template <class Io>
//   bool form(Io io, pb::CancelPoll& m, subject<Io, cancel_poll>& x) {
//     return TUTTI_FIELD(task_type) && TUTTI_FIELD(domain)
//            && TUTTI_FIELD(poll_id);
//   }
//
// False: the message is contradictory.

namespace tutti::wire {

struct writing {
  static constexpr bool reads = false;
};
struct reading {
  static constexpr bool reads = true;
};
template <class Io, class T>
using subject = std::conditional_t<Io::reads, T, const T>;

template <class Io, class T, class Get, class Set>
bool field(Io, T& x, Get get, Set set) {
  if constexpr (Io::reads)
    return take(get(), x);
  else if (!is_default(x))
    set(given(x));
  return true;
}

template <class Io, class T, class Has, class Get, class Set>
bool optional_field(Io, T& x, Has has, Get get, Set set) {
  if constexpr (Io::reads)
    return !has() || take(get(), x.emplace());
  else if (x)
    set(given(*x));
  return true;
}

template <class Io, class T, class Get, class Add>
bool list_field(Io, std::vector<T>& x, Get get, Add) {
  static_assert(Io::reads);
  for (auto& one : get())
    if (!take(one, x.emplace_back()))
      return false;
  return true;
}
template <class Io, class T, class Get, class Add>
bool list_field(Io, const std::vector<T>& x, Get, Add add) {
  for (auto& one : x)
    add(given(one));
  return true;
}

template <class Io, class T, class Repeated>
bool parts_field(Io io, T& x, Repeated& parts) {
  if constexpr (Io::reads) {
    for (auto& part : parts)
      if (!form(io, part, x.emplace_back()))
        return false;
  } else {
    for (auto& one : x)
      form(io, *parts.Add(), one);
  }
  return true;
}

template <class Io, class T, class Repeated>
bool pairs_field(Io, T& x, Repeated& pairs) {
  if constexpr (Io::reads) {
    for (auto& pair : pairs)
      x.insert(x.end(), {pair.key(), pair.value()});
  } else {
    for (auto& [key, value] : x) {
      auto& pair = *pairs.Add();
      pair.set_key(key);
      pair.set_value(value);
    }
  }
  return true;
}

} // namespace tutti::wire

#define TUTTI_FIELD_AS(name, member)                                           \
  field(                                                                       \
      io, member, [&]() -> decltype(auto) { return m.name(); },                \
      [&](auto&& v) { m.set_##name(std::forward<decltype(v)>(v)); })
/// A value; default values take no bytes.
#define TUTTI_FIELD(name) TUTTI_FIELD_AS(name, x.name)
/// A `std::optional` value; the message's field is `optional`.
#define TUTTI_OPTIONAL_AS(name, member)                                        \
  optional_field(                                                              \
      io, member, [&] { return m.has_##name(); },                              \
      [&]() -> decltype(auto) { return m.name(); },                            \
      [&](auto&& v) { m.set_##name(std::forward<decltype(v)>(v)); })
#define TUTTI_OPTIONAL(name) TUTTI_OPTIONAL_AS(name, x.name)
/// A vector of values.
#define TUTTI_LIST(name)                                                       \
  list_field(                                                                  \
      io, x.name, [&]() -> decltype(auto) { return m.name(); },                \
      [&](auto&& v) { m.add_##name(std::forward<decltype(v)>(v)); })
/// A member with a form of its own, and a vector of such.
#define TUTTI_PART(name) form(io, *m.mutable_##name(), x.name)
#define TUTTI_PARTS(name) parts_field(io, x.name, *m.mutable_##name())
/// String pairs: a map, or a vector of pairs.
#define TUTTI_PAIRS(name) pairs_field(io, x.name, *m.mutable_##name())
