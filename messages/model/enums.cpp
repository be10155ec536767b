#include "messages/model/enums.hpp"

#include <array>

namespace tutti {

namespace enum_detail {

// Wire names in the order of the enumerators.
template <class Enum>
struct names;

template <>
struct names<task_status> {
  static constexpr std::array<std::string_view, 9> list
      = {"SCHEDULED", "IN_PROGRESS",
         "COMPLETED", "COMPLETED_WITH_ERRORS",
         "FAILED",    "FAILED_WITH_TERMINAL_ERROR",
         "TIMED_OUT", "CANCELED",
         "SKIPPED"};
};

template <>
struct names<workflow_status> {
  static constexpr std::array<std::string_view, 6> list
      = {"RUNNING", "PAUSED", "COMPLETED", "FAILED", "TIMED_OUT", "TERMINATED"};
};

template <>
struct names<retry_logic> {
  static constexpr std::array<std::string_view, 3> list
      = {"FIXED", "EXPONENTIAL_BACKOFF", "LINEAR_BACKOFF"};
};

template <>
struct names<task_timeout_policy> {
  static constexpr std::array<std::string_view, 3> list
      = {"RETRY", "TIME_OUT_WF", "ALERT_ONLY"};
};

template <>
struct names<workflow_timeout_policy> {
  static constexpr std::array<std::string_view, 2> list
      = {"TIME_OUT_WF", "ALERT_ONLY"};
};

template <>
struct names<join_mode> {
  static constexpr std::array<std::string_view, 2> list = {"SYNC", "ASYNC"};
};

template <>
struct names<rate_limit_policy> {
  static constexpr std::array<std::string_view, 2> list = {"QUEUE", "REJECT"};
};

template <>
struct names<schema_type> {
  static constexpr std::array<std::string_view, 3> list
      = {"JSON", "AVRO", "PROTOBUF"};
};

template <>
struct names<attribute_type> {
  static constexpr std::array<std::string_view, 4> list
      = {"TEXT", "NUMBER", "BOOLEAN", "TIME"};
};

template <>
struct names<idempotency_strategy> {
  static constexpr std::array<std::string_view, 3> list
      = {"FAIL", "RETURN_EXISTING", "FAIL_ON_RUNNING"};
};

template <>
struct names<return_strategy> {
  static constexpr std::array<std::string_view, 4> list
      = {"TARGET_WORKFLOW", "BLOCKING_WORKFLOW", "BLOCKING_TASK",
         "BLOCKING_TASK_INPUT"};
};

template <>
struct names<error_resolution> {
  static constexpr std::array<std::string_view, 3> list
      = {"CONTINUE", "COMPENSATE", "FAIL"};
};

template <class Enum>
std::string_view name_of(Enum x) {
  return names<Enum>::list[size_t(x)];
}

} // namespace enum_detail

std::string_view to_text(task_status x) { return enum_detail::name_of(x); }
std::string_view to_text(workflow_status x) { return enum_detail::name_of(x); }
std::string_view to_text(retry_logic x) { return enum_detail::name_of(x); }
std::string_view to_text(task_timeout_policy x) {
  return enum_detail::name_of(x);
}
std::string_view to_text(workflow_timeout_policy x) {
  return enum_detail::name_of(x);
}
std::string_view to_text(join_mode x) { return enum_detail::name_of(x); }
std::string_view to_text(rate_limit_policy x) {
  return enum_detail::name_of(x);
}
std::string_view to_text(attribute_type x) { return enum_detail::name_of(x); }
std::string_view to_text(schema_type x) { return enum_detail::name_of(x); }
std::string_view to_text(idempotency_strategy x) {
  return enum_detail::name_of(x);
}
std::string_view to_text(return_strategy x) { return enum_detail::name_of(x); }
std::string_view to_text(error_resolution x) { return enum_detail::name_of(x); }

template <class Enum>
std::optional<Enum> from_text(std::string_view text) {
  auto& list = enum_detail::names<Enum>::list;
  for (size_t i = 0; i < list.size(); ++i) {
    if (list[i] == text)
      return Enum(i);
  }
  return std::nullopt;
}

template std::optional<task_status> from_text(std::string_view);
template std::optional<workflow_status> from_text(std::string_view);
template std::optional<retry_logic> from_text(std::string_view);
template std::optional<task_timeout_policy> from_text(std::string_view);
template std::optional<workflow_timeout_policy> from_text(std::string_view);
template std::optional<join_mode> from_text(std::string_view);
template std::optional<rate_limit_policy> from_text(std::string_view);
template std::optional<schema_type> from_text(std::string_view);
template std::optional<attribute_type> from_text(std::string_view);
template std::optional<idempotency_strategy> from_text(std::string_view);
template std::optional<return_strategy> from_text(std::string_view);
template std::optional<error_resolution> from_text(std::string_view);

} // namespace tutti
