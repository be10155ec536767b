#pragma once

#include "messages/model/codec_members.hpp"
#include "messages/model/json_reader.hpp"
#include "messages/model/json_text.hpp"

#include <type_traits>
#include <unordered_map>

namespace tutti {

// Reads every type that occurs in definitions and requests. Null is absent: the
// zero value of a number, the default of any other type.

template <class T>
bool read_members(json_reader& in, T& x);

bool read_value(json_reader& in, workflow_task& x);
bool read_value(json_reader& in, sub_workflow_params& x);
bool read_value(json_reader& in, search_attribute& x);

template <class T>
bool read_value(json_reader& in, T& x) {
  if constexpr (std::is_enum_v<T>) {
    if (in.is_null())
      return in.skip();
    std::string name;
    if (in.peek() != json_reader::kind::string)
      return in.fail("must be a string");
    in.read(name);
    auto value = from_text<T>(name);
    if (!value)
      return in.fail("has the unknown value '" + name + "'");
    x = *value;
    return true;
  } else if constexpr (requires { in.read(x); }) {
    return in.read(x);
  } else {
    if (in.is_null())
      return in.skip();
    return read_members(in, x);
  }
}

template <class T>
bool read_value(json_reader& in, std::optional<T>& x);
template <class T>
bool read_value(json_reader& in, boxed_optional<T>& x);
template <class T>
bool read_value(json_reader& in, std::vector<T>& x);
template <class T>
bool read_value(json_reader& in, std::map<std::string, T>& x);
template <class T>
bool read_value(json_reader& in, std::shared_ptr<const T>& x);
/// Decision cases keep their order.
template <class T>
bool read_value(json_reader& in,
                std::vector<std::pair<std::string, std::vector<T>>>& x);

template <class T>
bool read_value(json_reader& in, std::optional<T>& x) {
  x.reset();
  if (in.is_null())
    return in.skip();
  return read_value(in, x.emplace());
}

template <class T>
bool read_value(json_reader& in, boxed_optional<T>& x) {
  x.reset();
  if (in.is_null())
    return in.skip();
  T value;
  if (!read_value(in, value))
    return false;
  x = std::move(value);
  return true;
}

template <class T>
bool read_value(json_reader& in, std::shared_ptr<const T>& x) {
  x.reset();
  if (in.is_null())
    return in.skip();
  auto value = std::make_shared<T>();
  if (!read_value(in, *value))
    return false;
  x = std::move(value);
  return true;
}

template <class T>
bool read_value(json_reader& in, std::vector<T>& x) {
  x.clear();
  if (in.is_null())
    return in.skip();
  return in.list([&](size_t) {
    if (in.is_null()) {
      // A null string is ignored; a null task is an error.
      if constexpr (std::is_same_v<T, std::string>)
        return in.skip();
      return in.fail("must not be null");
    }
    return read_value(in, x.emplace_back());
  });
}

template <class T>
bool read_value(json_reader& in, std::map<std::string, T>& x) {
  x.clear();
  if (in.is_null())
    return in.skip();
  return in.object([&](std::string_view key) {
    if (in.is_null())
      return in.skip();
    return read_value(in, x[std::string(key)]);
  });
}

template <class T>
bool read_value(json_reader& in,
                std::vector<std::pair<std::string, std::vector<T>>>& x) {
  x.clear();
  if (in.is_null())
    return in.skip();
  std::unordered_map<std::string, size_t> seen;
  return in.object([&](std::string_view key) {
    auto [at, is_new] = seen.try_emplace(std::string(key), x.size());
    if (is_new)
      x.emplace_back().first = key;
    return read_value(in, x[at->second].second);
  });
}

/// Reads the one member with that wire name.
template <class T>
struct member_reader {
  json_reader& in;
  T& x;
  std::string_view key;
  bool good = true;

  template <class M>
  bool operator()(std::string_view name, M T::*member) {
    // A function of its own, so that the comparison with a constant is inlined.
    return name == key && found(member);
  }
  template <class M>
  [[gnu::noinline]] bool found(M T::*member) {
    good = read_value(in, x.*member);
    return true;
  }
  template <class M>
  bool always(std::string_view name, M T::*member) {
    return (*this)(name, member);
  }
  template <class M>
  bool extension(std::string_view name, M T::*member) {
    return (*this)(name, member);
  }
  template <class P>
  bool part(P T::*member) {
    member_reader<P> inner{in, x.*member, key};
    bool found = members_of(static_cast<const P*>(nullptr), inner);
    good = inner.good;
    return found;
  }
};

/// False when no member has the wire name `key`; then nothing is consumed.
template <class T>
bool read_member(json_reader& in, T& x, std::string_view key, bool& good) {
  member_reader<T> visit{in, x, key};
  bool found = members_of(static_cast<const T*>(nullptr), visit);
  good = visit.good;
  return found;
}

/// Collects the wire names of a type.
struct member_names {
  std::vector<std::string>& out;

  template <class M>
  bool operator()(std::string_view name, M) {
    out.emplace_back(name);
    return false;
  }
  template <class M>
  bool always(std::string_view name, M member) {
    return (*this)(name, member);
  }
  template <class M>
  bool extension(std::string_view name, M member) {
    return (*this)(name, member);
  }
  template <class T, class P>
  bool part(P T::*) {
    return members_of(static_cast<const P*>(nullptr), *this);
  }
};

/// `more`: names that the type's own reader knows besides.
template <class T>
const std::vector<std::string>&
names_of(std::initializer_list<std::string_view> more = {}) {
  static const std::vector<std::string> names = [&] {
    std::vector<std::string> out(more.begin(), more.end());
    member_names visit{out};
    members_of(static_cast<const T*>(nullptr), visit);
    return out;
  }();
  return names;
}

template <class T>
bool read_members(json_reader& in, T& x) {
  return in.object([&](std::string_view key) {
    bool good = true;
    return read_member(in, x, key, good) ? good
                                         : in.skip_unknown(key, names_of<T>());
  });
}

/// A whole body. `what` names it in the sentence of a failure.
/// Properties that it does not know go to `unknown`, if given.
template <class T>
result<T> read_body(std::string_view text, std::string_view what,
                    violations* unknown = nullptr) {
  auto valid = check_json(text);
  if (!valid)
    return valid.failure();
  json_reader in(*valid);
  if (unknown)
    in.note_unknown(*unknown);
  T x;
  constexpr bool is_list = requires { x.emplace_back(); };
  if (in.is_null())
    in.fail(is_list ? "must be a list" : "must be an object");
  else if (read_value(in, x))
    return x;
  return in.failure(what);
}

} // namespace tutti
