#pragma once

#include "messages/model/codec.hpp"

#include <nlohmann/json.hpp>

#include <tuple>
#include <type_traits>

// Values in which no field holds its default, and a comparison that does not
// know the codecs. The structured bindings name every field of a struct: one
// more field does not compile until it is named here and set in a builder.

namespace tutti::test {

inline auto parts(const audit& x) {
  auto& [a, b, c, d, e] = x;
  return std::tie(a, b, c, d, e);
}

inline auto parts(const schema_def& x) {
  auto& [a, b, c, d, e, f] = x;
  return std::tie(a, b, c, d, e, f);
}

inline auto parts(const rate_limit_config& x) {
  auto& [a, b, c] = x;
  return std::tie(a, b, c);
}

inline auto parts(const cache_config& x) {
  auto& [a, b] = x;
  return std::tie(a, b);
}

inline auto parts(const task_def& x) {
  auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, y,
         z, a1, b1, c1, d1]
      = x;
  return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u,
                  v, w, y, z, a1, b1, c1, d1);
}

inline auto parts(const state_change_event& x) {
  auto& [a, b] = x;
  return std::tie(a, b);
}

/// Without the definition's expression, which excludes the definition.
inline auto parts(const sub_workflow_params& x) {
  auto& [a, b, c, d, e, f, g, h] = x;
  (void)e;
  return std::tie(a, b, c, d, f, g, h);
}

inline auto parts(const error_handler& x) {
  auto& [a, b, c, d, e, f] = x;
  return std::tie(a, b, c, d, e, f);
}

inline auto parts(const workflow_task& x) {
  auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, y,
         z, a1, b1, c1, d1, e1, f1, g1, h1, i1, j1, k1, l1, m1]
      = x;
  return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u,
                  v, w, y, z, a1, b1, c1, d1, e1, f1, g1, h1, i1, j1, k1, l1,
                  m1);
}

inline auto parts(const search_attribute& x) {
  auto& [a, b] = x;
  return std::tie(a, b);
}

inline auto parts(const workflow_def& x) {
  auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, y,
         z, a1]
      = x;
  return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u,
                  v, w, y, z, a1);
}

template <class T>
bool same(const T& a, const T& b) {
  if constexpr (requires { parts(a); }) {
    auto left = parts(a), right = parts(b);
    return [&]<size_t... i>(std::index_sequence<i...>) {
      return (same(std::get<i>(left), std::get<i>(right)) && ...);
    }
    (std::make_index_sequence<std::tuple_size_v<decltype(left)>>());
  } else if constexpr (
      std::is_same_v<
          T,
          std::string> || std::is_scalar_v<T> || std::is_same_v<T, payload>) {
    return a == b;
  } else if constexpr (requires { a.first; }) {
    return same(a.first, b.first) && same(a.second, b.second);
  } else if constexpr (requires { a.begin(); }) {
    if (a.size() != b.size())
      return false;
    for (auto i = a.begin(), j = b.begin(); i != a.end(); ++i, ++j) {
      if (!same(*i, *j))
        return false;
    }
    return true;
  } else {
    return bool(a) == bool(b) && (!a || same(*a, *b));
  }
}

/// The first field that still holds its default, counted from 0; -1: none.
template <class T>
int unset_field(const T& x) {
  T defaults;
  auto set = parts(x), unset = parts(defaults);
  int found = -1;
  [&]<size_t... i>(std::index_sequence<i...>) {
    (void)((same(std::get<i>(set), std::get<i>(unset)) ? (found = int(i), true)
                                                       : false)
           || ...);
  }
  (std::make_index_sequence<std::tuple_size_v<decltype(set)>>());
  return found;
}

inline payload json_of(const char* text) { return *payload::parse(text); }

inline audit every_audit_field() {
  return {"owner", "maker", "changer", 1700000000001, 1700000000002};
}

inline schema_def every_schema_field(std::string name) {
  return {std::move(name),       7,
          schema_type::avro,     json_of(R"({"type":"object","deep":[1]})"),
          "https://schemas/one", every_audit_field()};
}

inline task_def every_task_def_field() {
  task_def x;
  x.name = "encode";
  x.description = "turns one film into \"another\"";
  x.retry_count = 5;
  x.retry_logic = retry_logic::linear_backoff;
  x.retry_delay_seconds = 61;
  x.backoff_scale_factor = 3;
  x.max_retry_delay_seconds = 900;
  x.backoff_jitter_ms = 250;
  x.timeout_seconds = 5000000000;
  x.timeout_policy = task_timeout_policy::alert_only;
  x.response_timeout_seconds = 4000000000;
  x.poll_timeout_seconds = 11;
  x.total_timeout_seconds = 6000000000;
  x.input_keys = {"a", "b"};
  x.output_keys = {"c"};
  x.input_template = json_of(R"({"k":null,"n":1.5})");
  x.concurrent_exec_limit = 12;
  x.rate_limit_per_frequency = 13;
  x.rate_limit_frequency_in_seconds = 14;
  x.isolation_group_id = "iso";
  x.execution_name_space = "space";
  x.owner_email = "a@b.c";
  x.base_type = "SIMPLE";
  x.runtime_metadata = {"SECRET"};
  x.task_status_listener_enabled = false;
  x.input_schema = every_schema_field("in");
  x.output_schema = every_schema_field("out");
  x.enforce_schema = true;
  x.trail = every_audit_field();
  return x;
}

inline workflow_task named_task(std::string reference) {
  workflow_task x;
  x.name = "encode";
  x.reference_name = std::move(reference);
  return x;
}

inline workflow_def named_workflow(std::string name) {
  workflow_def x;
  x.name = std::move(name);
  x.version = 4;
  x.tasks = {named_task("inner")};
  return x;
}

inline sub_workflow_params every_sub_workflow_field() {
  sub_workflow_params x;
  x.name = "child";
  x.version = 4;
  x.task_to_domain = std::map<std::string, std::string>{{"*", "blue"}};
  x.definition = std::make_shared<workflow_def>(named_workflow("child"));
  x.idempotency_key = "key";
  x.idempotency_strategy = idempotency_strategy::fail_on_running;
  x.priority = json_of(R"("${workflow.input.priority}")");
  return x;
}

/// No task type uses them all; the codec must not care.
inline workflow_task every_workflow_task_field() {
  auto x = named_task("encode_ref");
  x.description = "d";
  x.type = "SWITCH";
  x.input_parameters = json_of(R"({"x":"${t.output.y}"})");
  x.start_delay_seconds = 3;
  x.optional = x.permissive = x.async_complete = true;
  x.retry_count = 0;
  x.rate_limited = false;
  x.definition = std::make_shared<task_def>(every_task_def_field());
  x.metadata = json_of(R"({"m":1})");
  x.cache = cache_config{"cached", 30};
  x.on_state_change["onStart"] = {{"log", json_of(R"({"p":[]})")}};
  // Not in alphabetic order, which a map would lose.
  x.decision_cases = {{"z", {named_task("z1"), named_task("z2")}},
                      {"a", {}},
                      {"m\n", {named_task("m1")}}};
  x.default_case = {named_task("d1")};
  x.case_value_param = "p";
  x.case_expression = "$.p";
  x.evaluator_type = "value-param";
  x.expression = "x";
  x.script_expression = "1";
  x.fork_tasks = {{named_task("f1")}, {}, {named_task("f2")}};
  x.join_on = {"f1", "f2"};
  x.join_status = "s";
  x.join_mode = join_mode::sync;
  x.default_exclusive_join_task = {"e"};
  x.dynamic_fork_tasks_param = "tasks";
  x.dynamic_fork_tasks_input_param_name = "inputs";
  x.dynamic_fork_join_tasks_param = "legacy";
  x.dynamic_task_name_param = "which";
  x.sub_workflow = every_sub_workflow_field();
  x.sink = "conductor:sink";
  x.loop_condition = "$.l['iteration'] < 3";
  x.loop_over = {named_task("l1")};
  x.items = "${workflow.input.list}";
  error_handler handler;
  handler.statuses = {task_status::failed, task_status::timed_out};
  handler.reason = "no .* left";
  handler.tasks = {"l1"};
  handler.then = error_resolution::compensate;
  handler.then_fail = true;
  handler.run = {named_task("h1")};
  x.on_error = {handler};
  x.compensate = {named_task("c1")};
  return x;
}

inline workflow_def every_workflow_def_field() {
  workflow_def x;
  x.name = "media";
  x.description = "d\xC3\xA9";
  x.version = 9;
  x.tasks = {every_workflow_task_field(), named_task("last")};
  x.input_parameters = {"url"};
  x.output_parameters = json_of(R"({"o":"${last.output.o}"})");
  x.failure_workflow = "cleanup";
  x.failure_workflow_version = 2;
  x.schema_version = 3;
  x.restartable = false;
  x.workflow_status_listener_enabled = true;
  x.workflow_status_listener_sink = "kafka:topic";
  x.owner_email = "a@b.c";
  x.timeout_policy = workflow_timeout_policy::time_out_wf;
  x.timeout_seconds = 5000000000;
  x.variables = json_of(R"({"v":[null]})");
  x.input_template = json_of(R"({"t":true})");
  x.rate_limit
      = rate_limit_config{"${workflow.input.k}", 2, rate_limit_policy::reject};
  x.input_schema = every_schema_field("in");
  x.output_schema = every_schema_field("out");
  x.enforce_schema = false;
  x.metadata = json_of(R"({"classifier":"agent"})");
  x.cache = cache_config{"whole", 60};
  x.masked_fields = {"password"};
  x.search_attributes = {{"input.order", attribute_type::number},
                         {"output.total", attribute_type::time}};
  x.trail = every_audit_field();
  return x;
}

template <class T>
std::string written(const T& x) {
  std::string out;
  write(out, x);
  return out;
}

template <class T>
std::string written_compactly(const T& x) {
  std::string out;
  write_compact(out, x);
  return out;
}

} // namespace tutti::test
