#pragma once

#include "messages/model/codec.hpp"
#include "messages/model/codec_members.hpp"
#include "messages/model/json_writer.hpp"

#include <type_traits>

namespace tutti {

// Writes every type that occurs in definitions. `Compact` leaves out default
// values; otherwise only absent values are left out.

template <bool Compact, class T>
void write_members(std::string& out, const T& x);
template <bool Compact>
void write_value(std::string& out, const sub_workflow_params& x);

template <bool Compact, class T>
void write_value(std::string& out, const T& x) {
  if constexpr (std::is_enum_v<T>)
    write_string(out, to_text(x));
  else if constexpr (std::is_same_v<T, bool>)
    out += x ? "true" : "false";
  else if constexpr (std::is_integral_v<T>)
    write_number(out, x);
  else if constexpr (std::is_same_v<T, std::string>)
    write_string(out, x);
  else if constexpr (std::is_same_v<T, payload>)
    out += x.text();
  else
    write_members<Compact>(out, x);
}

template <bool Compact, class T>
void write_value(std::string& out, const std::optional<T>& x);
template <bool Compact, class T>
void write_value(std::string& out, const boxed_optional<T>& x);
template <bool Compact, class T>
void write_value(std::string& out, const std::shared_ptr<const T>& x);
template <bool Compact, class T>
void write_value(std::string& out, const std::vector<T>& x);
template <bool Compact, class T>
void write_value(std::string& out, const std::map<std::string, T>& x);
template <bool Compact, class T>
void write_value(std::string& out,
                 const std::vector<std::pair<std::string, T>>& x);

template <bool Compact, class T>
void write_value(std::string& out, const std::optional<T>& x) {
  write_value<Compact>(out, *x);
}

template <bool Compact, class T>
void write_value(std::string& out, const boxed_optional<T>& x) {
  write_value<Compact>(out, *x);
}

template <bool Compact, class T>
void write_value(std::string& out, const std::shared_ptr<const T>& x) {
  write_value<Compact>(out, *x);
}

template <bool Compact, class T>
void write_value(std::string& out, const std::vector<T>& x) {
  out += '[';
  for (auto& item : x) {
    if (&item != x.data())
      out += ',';
    write_value<Compact>(out, item);
  }
  out += ']';
}

template <bool Compact, class Pairs>
void write_pairs(std::string& out, const Pairs& x) {
  out += '{';
  bool first = true;
  for (auto& [key, value] : x) {
    if (!first)
      out += ',';
    first = false;
    write_string(out, key);
    out += ':';
    write_value<Compact>(out, value);
  }
  out += '}';
}

template <bool Compact, class T>
void write_value(std::string& out, const std::map<std::string, T>& x) {
  write_pairs<Compact>(out, x);
}

template <bool Compact, class T>
void write_value(std::string& out,
                 const std::vector<std::pair<std::string, T>>& x) {
  write_pairs<Compact>(out, x);
}

/// Null on the wire, hence left out.
template <class T>
bool is_absent(const T& x) {
  if constexpr (std::is_same_v<T, std::string>)
    return x.empty();
  else if constexpr (requires { *x; })
    return !x;
  else
    return false;
}

/// Leaving it out reads back as the same value.
template <class T>
bool is_default(const T& x, const T& default_value) {
  if constexpr (std::is_same_v<T, payload>)
    return x.is_empty_object();
  else if constexpr (requires { *x; })
    return !x;
  else if constexpr (std::is_same_v<T, std::string> || std::is_scalar_v<T>)
    return x == default_value;
  else
    return x.empty(); // lists and maps
}

template <bool Compact, class T>
struct member_writer {
  json_object_writer& object;
  const T& x;

  template <class M>
  bool always(std::string_view name, M T::*member) {
    static const T defaults;
    if (!Compact || !is_default(x.*member, defaults.*member))
      write_value<Compact>(object.key(name), x.*member);
    return false;
  }
  template <class M>
  bool operator()(std::string_view name, M T::*member) {
    return !Compact && is_absent(x.*member) ? false : always(name, member);
  }
  /// Not one of Conductor's fields: left out where it is not used.
  template <class M>
  bool extension(std::string_view name, M T::*member) {
    static const T defaults;
    if (!is_default(x.*member, defaults.*member))
      write_value<Compact>(object.key(name), x.*member);
    return false;
  }
  template <class P>
  bool part(P T::*member) {
    member_writer<Compact, P> inner{object, x.*member};
    return members_of(static_cast<const P*>(nullptr), inner);
  }
};

template <bool Compact, class T>
void write_members(std::string& out, const T& x) {
  json_object_writer object(out);
  member_writer<Compact, T> visit{object, x};
  members_of(static_cast<const T*>(nullptr), visit);
  object.close();
}

template <bool Compact>
void write_value(std::string& out, const sub_workflow_params& x) {
  json_object_writer object(out);
  member_writer<Compact, sub_workflow_params> visit{object, x};
  members_of(&x, visit);
  if (x.definition)
    write_value<Compact>(object.key("workflowDefinition"), *x.definition);
  else if (!x.definition_expression.empty())
    object.text("workflowDefinition", x.definition_expression);
  if (x.priority)
    object.raw("priority", x.priority->text());
  object.close();
}

} // namespace tutti
