#pragma once

#include "messages/request_list.hpp"
#include "tests/unit/messages/model/every_field.hpp"
#include "tests/unit/messages/model/schedules/every_schedule_field.hpp"

#include <doctest/doctest.h>

#include <concepts>
#include <stdexcept>
#include <string>
#include <tuple>
#include <variant>

// Requests and responses in which no field holds its default, and a comparison
// that does not know the codecs. `members` names every field of a struct: one
// more field does not compile until it is named here.

namespace tutti::test {

#define TUTTI_MEMBERS(type, ...)                                               \
  template <class T>                                                           \
  requires std::same_as<std::remove_const_t<T>, type>                          \
  auto members(T& x) {                                                         \
    auto& [__VA_ARGS__] = x;                                                   \
    return std::tie(__VA_ARGS__);                                              \
  }

TUTTI_MEMBERS(principal, a)
TUTTI_MEMBERS(request_context, a, b, c, d, e)
TUTTI_MEMBERS(violation, a, b, c)
TUTTI_MEMBERS(failure, a, b, c)
TUTTI_MEMBERS(start_workflow_request, a, b, c, d, e, f, g, h, i, j, k)
TUTTI_MEMBERS(task_log, a, b, c)
TUTTI_MEMBERS(task_result, a, b, c, d, e, f, g, h, i, j, k)
TUTTI_MEMBERS(rerun_request, a, b, c, d)
TUTTI_MEMBERS(skip_task_request, a, b)
TUTTI_MEMBERS(task_mock, a, b, c, d, e, f)
TUTTI_MEMBERS(workflow_test_request, a, b, c)
TUTTI_MEMBERS(workflow_message, a, b, c)
TUTTI_MEMBERS(workflow, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s,
              t, u, v, w, y, z, a1, b1, c1, d1, e1, f1, g1, h1, i1, j1, j2)
TUTTI_MEMBERS(command::start, a, b, c, d, e)
TUTTI_MEMBERS(command::update_task, a)
TUTTI_MEMBERS(command::update_by_reference, a, b, c, d)
TUTTI_MEMBERS(command::signal, a, b)
TUTTI_MEMBERS(command::hand_out, a, b, c, d, e)
TUTTI_MEMBERS(command::leave_queue, a)
TUTTI_MEMBERS(command::queue_again, a)
TUTTI_MEMBERS(command::terminate, a, b, c, d)
TUTTI_MEMBERS(command::retry, a, b, c)
TUTTI_MEMBERS(command::restart, a)
TUTTI_MEMBERS(command::rerun, a)
TUTTI_MEMBERS(command::skip_task, a, b)
TUTTI_MEMBERS(command::child_started, a, b, c)
TUTTI_MEMBERS(command::attach, a, b, c)
TUTTI_MEMBERS(command::slot_granted, a)
TUTTI_MEMBERS(command::child_not_started, a, b, c)
TUTTI_MEMBERS(command::child_ended, a, b, c, d, e, f, g)
TUTTI_MEMBERS(command::child_revived, a, b, c)
TUTTI_MEMBERS(command::failure_workflow_not_started, a)
TUTTI_MEMBERS(command::worker_lost, a, b)
TUTTI_MEMBERS(command::push_message, a)
TUTTI_MEMBERS(command::operation, a, b)
TUTTI_MEMBERS(start_other, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p)
TUTTI_MEMBERS(slot_request, a, b, c, d, e, f)
TUTTI_MEMBERS(external_message, a, b, c, d)
TUTTI_MEMBERS(outbox_message, a, b, c)
TUTTI_MEMBERS(task_limit, a, b, c)
TUTTI_MEMBERS(waiting_task, a, b, c, d, e, f, g, h, i)

TUTTI_MEMBERS(start_workflow, a)
TUTTI_MEMBERS(call_workflow, a, b, c)
TUTTI_MEMBERS(restart_workflow, a, b)
TUTTI_MEMBERS(rerun_workflow, a, b)
TUTTI_MEMBERS(remove_workflow, a, b, c)
TUTTI_MEMBERS(read_execution, a, b, c, d, e, f, g, h, i)
TUTTI_MEMBERS(read_history, a, b, c)
TUTTI_MEMBERS(explain_workflow, a, b)
TUTTI_MEMBERS(verify_execution, a)
TUTTI_MEMBERS(list_executions, a, b, c, d, e, f, g)
TUTTI_MEMBERS(test_workflow, a, b)
TUTTI_MEMBERS(find_correlated, a, b, c, d, e)
TUTTI_MEMBERS(wait_options, a, b, c, d, e)
TUTTI_MEMBERS(execute_workflow, a, b)
TUTTI_MEMBERS(call_and_wait, a, b, c)
TUTTI_MEMBERS(signal_workflow, a, b, c, d)
TUTTI_MEMBERS(cancel_wait, a)
TUTTI_MEMBERS(watch_execution, a, b, c, d, e, f, g)
TUTTI_MEMBERS(end_watch, a, b)
TUTTI_MEMBERS(poll_tasks, a, b, c, d, e, f, g)
TUTTI_MEMBERS(cancel_poll, a, b, c)
TUTTI_MEMBERS(append_task_log, a, b)
TUTTI_MEMBERS(read_task_logs, a, b, c)
TUTTI_MEMBERS(read_queue_sizes, a)
TUTTI_MEMBERS(read_queue_size, a, b, c, d)
TUTTI_MEMBERS(list_queues, a)
TUTTI_MEMBERS(describe_queues, a)
TUTTI_MEMBERS(read_poll_data, a)
TUTTI_MEMBERS(requeue_tasks, a)
TUTTI_MEMBERS(peek_event_queue, a, b)
TUTTI_MEMBERS(acknowledge_event, a, b)
TUTTI_MEMBERS(job_order, a, b, c, d, e, f, g)
TUTTI_MEMBERS(preview_job, a)
TUTTI_MEMBERS(create_job, a, b)
TUTTI_MEMBERS(read_job, a)
TUTTI_MEMBERS(list_jobs, a, b)
TUTTI_MEMBERS(control_job, a, b, c)
TUTTI_MEMBERS(read_job_errors, a, b, c)
TUTTI_MEMBERS(run_retention, a)
TUTTI_MEMBERS(list_archived, a, b, c)
TUTTI_MEMBERS(register_workflows, a, b)
TUTTI_MEMBERS(register_tasks, a, b)
TUTTI_MEMBERS(register_schemas, a, b)
TUTTI_MEMBERS(remove_workflow_definition, a, b)
TUTTI_MEMBERS(remove_task_definition, a)
TUTTI_MEMBERS(remove_schema, a, b)
TUTTI_MEMBERS(event_action, a, b, c, d, e, f, g, h)
TUTTI_MEMBERS(event_handler, a, b, c, d, e, f)
TUTTI_MEMBERS(register_event_handlers, a, b)
TUTTI_MEMBERS(remove_event_handler, a)
TUTTI_MEMBERS(tag, a, b, c)
TUTTI_MEMBERS(change_tags, a, b, c, d)
TUTTI_MEMBERS(rate_limit_config, a, b, c)
TUTTI_MEMBERS(limit_workflow, a, b)
TUTTI_MEMBERS(read_definitions, a, b, c, d, e, f, g)
TUTTI_MEMBERS(script_to_check, a, b, c, d)
TUTTI_MEMBERS(check_scripts, a)
TUTTI_MEMBERS(schedule_def, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q,
              r, s, t)
TUTTI_MEMBERS(cron_schedule, a, b)
TUTTI_MEMBERS(firing_condition, a, b, c)
TUTTI_MEMBERS(save_schedule, a)
TUTTI_MEMBERS(remove_schedule, a)
TUTTI_MEMBERS(read_schedule, a, b)
TUTTI_MEMBERS(control_schedule, a, b, c)
TUTTI_MEMBERS(tag_schedule, a, b, c)
TUTTI_MEMBERS(list_schedules, a, b, c, d, e, f, g, h, i)
TUTTI_MEMBERS(search_firings, a, b, c, d, e, f)
TUTTI_MEMBERS(backfill_schedule, a, b, c)
TUTTI_MEMBERS(trigger_schedule, a)
TUTTI_MEMBERS(hold_schedules, a)
TUTTI_MEMBERS(search_index, a, b, c, d, e, f, g, h, i, j, k, l, m, n)
TUTTI_MEMBERS(summarize_executions, a, b, c, d)
TUTTI_MEMBERS(release_incident, a)
TUTTI_MEMBERS(advance_clock, a)
TUTTI_MEMBERS(locate_in_queue, a)
TUTTI_MEMBERS(accept_outbox_message, a, b)
TUTTI_MEMBERS(advance_key_attempt, a, b, c)
TUTTI_MEMBERS(try_slot, a)
TUTTI_MEMBERS(read_slots, a, b, c)
TUTTI_MEMBERS(read_execution_head, a, b, c)
TUTTI_MEMBERS(scheduled_execution_ended, a, b)
TUTTI_MEMBERS(definition_row, a, b)
TUTTI_MEMBERS(change_definitions, a, b, c)
TUTTI_MEMBERS(want_tasks, a, b)
TUTTI_MEMBERS(tasks_ready, a, b)

TUTTI_MEMBERS(answer, a, b, c, d, e)
TUTTI_MEMBERS(document, a, b)
TUTTI_MEMBERS(started, a)
TUTTI_MEMBERS(polled, a)
TUTTI_MEMBERS(execution_summary, a, b, c, d, e)
TUTTI_MEMBERS(execution_list, a, b)
TUTTI_MEMBERS(incident, a, b, c, d)
TUTTI_MEMBERS(incident_list, a)
TUTTI_MEMBERS(execution_head, a, b, c, d, e, f, g, h, i)
TUTTI_MEMBERS(acknowledged, a)
TUTTI_MEMBERS(job_entry, a, b, c)
TUTTI_MEMBERS(job_list, a, b)
TUTTI_MEMBERS(waited, a, b, c, d, e, f)
TUTTI_MEMBERS(observed, a, b, c, d, e, f, g)
TUTTI_MEMBERS(sorted_document, a, b)
TUTTI_MEMBERS(sorted_documents, a, b)
TUTTI_MEMBERS(value_count, a, b, c)
TUTTI_MEMBERS(search_result, a, b, c, d, e, f, g, h)

#undef TUTTI_MEMBERS

template <class T>
concept has_members = requires(T& x) {
  members(x);
};

template <class T>
bool equal(const T& a, const T& b) {
  if constexpr (std::is_empty_v<T>) {
    return true;
  } else if constexpr (has_members<const T>) {
    auto left = members(a), right = members(b);
    return [&]<size_t... i>(std::index_sequence<i...>) {
      return (equal(std::get<i>(left), std::get<i>(right)) && ...);
    }
    (std::make_index_sequence<std::tuple_size_v<decltype(left)>>());
  } else if constexpr (requires { a.valueless_by_exception(); }) {
    return a.index() == b.index()
           && std::visit(
               [&](auto& one) {
                 return equal(one, std::get<std::decay_t<decltype(one)>>(b));
               },
               a);
  } else if constexpr (requires { a.first; }) {
    return equal(a.first, b.first) && equal(a.second, b.second);
  } else if constexpr (!std::same_as<T, std::string> && requires {
                         a.begin();
                       }) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](auto& x, auto& y) { return equal(x, y); });
  } else if constexpr (requires { *a; }) {
    return bool(a) == bool(b) && (!a || equal(*a, *b));
  } else {
    return same(a, b); // model/every_field.hpp
  }
}

/// Puts something into every field, all of them different.
class filler {
 public:
  template <class T>
  void fill(T& x) {
    if constexpr (std::is_empty_v<T>)
      return;
    else if constexpr (std::same_as<T, workflow_def>)
      x = every_workflow_def_field();
    else if constexpr (std::same_as<T, task_def>)
      x = every_task_def_field();
    else if constexpr (std::same_as<T, schema_def>)
      x = every_schema_field("s" + number());
    else if constexpr (std::same_as<T, event_handler>)
      x = handler("h" + number()); // sent as JSON, so its texts are UTF-8
    else if constexpr (std::same_as<T, rate_limit_config>)
      x = {"k" + number(), 7, rate_limit_policy::reject};
    else if constexpr (std::same_as<T, schedule_def>)
      x = every_schedule_field();
    else if constexpr (has_members<T>)
      fill_members(x);
    else if constexpr (std::same_as<T, std::string>)
      x = "t\xFF" + number(); // no UTF-8: texts are kept as they came
    else if constexpr (std::same_as<T, payload>)
      x = payload::trusted("{\"n\":" + number() + "}");
    else if constexpr (std::same_as<T, bool>)
      x = !x;
    else if constexpr (std::is_enum_v<T>)
      x = x == T(1) ? T(2) : T(1);
    else if constexpr (std::integral<T>)
      x = T(n_++);
    else
      fill_holder(x);
  }

 private:
  std::string number() { return std::to_string(n_++); }

  static event_handler handler(const std::string& name) {
    auto some = payload::trusted(R"({"a":1})");
    return {
        name,        "event",
        "condition", "javascript",
        true,        {{"fail_task", true, some, some, some, some, some, some}}};
  }

  template <class T>
  void fill_members(T& x) {
    T untouched;
    auto all = members(x), defaults = members(untouched);
    ++depth_;
    [&]<size_t... i>(std::index_sequence<i...>) {
      (fill_one(std::get<i>(all), std::get<i>(defaults)), ...);
    }
    (std::make_index_sequence<std::tuple_size_v<decltype(all)>>());
    --depth_;
  }
  template <class T>
  void fill_one(T& x, const T& untouched) {
    fill(x);
    // A test request holds test requests: somewhere that ends.
    if (depth_ < depth_max && equal(x, untouched))
      throw std::logic_error("a field still holds its default");
  }
  template <class T>
  void fill_holder(std::optional<T>& x) {
    fill(x.emplace());
  }
  template <class T>
  void fill_holder(std::vector<T>& x) {
    for (int i = 0; i < 2; ++i)
      fill(x.emplace_back());
  }
  template <class T>
  void fill_holder(std::shared_ptr<const T>& x) {
    auto made = std::make_shared<T>();
    fill(*made);
    x = std::move(made);
  }
  template <class A, class B>
  void fill_holder(std::pair<A, B>& x) {
    fill(x.first);
    fill(x.second);
  }
  template <class K, class V, class C>
  void fill_holder(std::map<K, V, C>& x) {
    if (depth_ >= depth_max)
      return;
    for (int i = 0; i < 2; ++i)
      fill(x[number()]);
  }
  template <class... Ts>
  void fill_holder(std::variant<Ts...>& x) {
    std::visit([&](auto& one) { fill(one); }, x);
  }

  static constexpr int depth_max = 6;
  int64_t n_ = 70'001; ///< no default anywhere
  int depth_ = 0;
};

template <class T>
T filled(T x = {}) {
  if constexpr (!std::is_empty_v<T>)
    filler().fill(x);
  return x;
}

/// One filled value per alternative.
template <class Variant, class F>
void for_each_alternative(F f) {
  [&]<size_t... i>(std::index_sequence<i...>) {
    (f(Variant(std::in_place_index<i>)), ...);
  }
  (std::make_index_sequence<std::variant_size_v<Variant>>());
}

} // namespace tutti::test
