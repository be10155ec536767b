#pragma once

#include "messages/model/codec.hpp"
#include "messages/requests.hpp"

#include <google/protobuf/repeated_field.h>

#include <concepts>
#include <cstdint>
#include <string>
#include <type_traits>

// Values that fit into one field: `given` converts to the field, `take` reads
// it back and returns whether it is valid, `is_default` whether the field can
// be left out.

namespace tutti::wire {

/// The greatest value of each enumeration that is sent.
template <class Enum>
constexpr Enum last_of = Enum{};
template <>
inline constexpr auto last_of<task_status> = task_status::skipped;
template <>
inline constexpr auto last_of<workflow_status> = workflow_status::terminated;
template <>
inline constexpr auto last_of<slot_state> = slot_state::held;
template <>
inline constexpr auto last_of<errc> = errc::internal;
template <>
inline constexpr auto
    last_of<idempotency_strategy> = idempotency_strategy::fail_on_running;
template <>
inline constexpr auto
    last_of<slot_request::verb> = slot_request::verb::give_back;
template <>
inline constexpr auto
    last_of<read_execution::part> = read_execution::part::pending;
template <>
inline constexpr auto
    last_of<return_strategy> = return_strategy::blocking_task_input;
template <>
inline constexpr auto last_of<observed_part> = observed_part::task;
template <>
inline constexpr auto last_of<observed::state> = observed::state::children;
template <>
inline constexpr auto
    last_of<register_workflows::mode> = register_workflows::mode::upsert;
template <>
inline constexpr auto
    last_of<read_definitions::kind> = read_definitions::kind::rate_limit;
template <>
inline constexpr auto last_of<change_tags::kind> = change_tags::kind::task;
template <>
inline constexpr auto last_of<change_tags::mode> = change_tags::mode::remove;
template <>
inline constexpr auto
    last_of<script_to_check::language> = script_to_check::language::jq;
template <>
inline constexpr auto last_of<control_job::verb> = control_job::verb::cancel;
template <>
inline constexpr auto
    last_of<firing_condition::relation> = firing_condition::relation::at_least;

template <>
inline constexpr auto
    last_of<search_index::subject> = search_index::subject::workflows_of_tasks;
template <>
inline constexpr auto last_of<search_index::form> = search_index::form::whole;

// Numbers, flags and texts

template <class T>
concept plain = std::integral<T> || std::same_as<T, std::string>;

template <plain T>
const T& given(const T& x) {
  return x;
}
template <plain T>
bool is_default(const T& x) {
  return x == T{};
}
template <plain T>
bool take(const T& in, T& out) {
  out = in;
  return true;
}

// Enums

template <class T>
requires std::is_enum_v<T> uint32_t given(T x) {
  return static_cast<uint32_t>(x);
}
template <class T>
requires std::is_enum_v<T>
bool is_default(T x) { return given(x) == 0; }
template <class T>
requires std::is_enum_v<T>
bool take(uint32_t in, T& out) {
  static_assert(last_of<T> != T{}, "its greatest value stands above");
  if (in > given(last_of<T>))
    return false;
  out = static_cast<T>(in);
  return true;
}

// Payloads. Another node of Tutti wrote them, after validating them.

inline bool is_default(const payload& x) { return x.is_empty_object(); }
inline std::string given(const payload& x) {
  return is_default(x) ? std::string() : x.text();
}
inline bool take(const std::string& in, payload& out) {
  out = in.empty() ? payload() : payload::trusted(in);
  return true;
}

// Definitions, as JSON

std::string given(const workflow_def& x);
std::string given(const task_def& x);
std::string given(const schema_def& x);
std::string given(const event_handler& x);
std::string given(const rate_limit_config& x);
bool take(const std::string& in, workflow_def& out);
bool take(const std::string& in, task_def& out);
bool take(const std::string& in, schema_def& out);
bool take(const std::string& in, event_handler& out);
bool take(const std::string& in, rate_limit_config& out);
std::string given(const schedule_def& x);
bool take(const std::string& in, schedule_def& out);
inline bool is_default(const schedule_def&) { return false; }

inline bool is_default(const workflow_def_pointer& x) { return !x; }
inline std::string given(const workflow_def_pointer& x) { return given(*x); }
bool take(const std::string& in, workflow_def_pointer& out);

} // namespace tutti::wire
