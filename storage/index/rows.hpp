#pragma once

#include "messages/model/enums.hpp"
#include "messages/model/query/filter.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace tutti::index {

template <class T>
using set_value = T;

/// The fields of an execution that the index keeps: all of them, or those that
/// a change sets. An absent text is empty, an absent time 0.
template <template <class> class Field>
struct workflow_fields {
  Field<std::string> type{};
  Field<int64_t> version{};
  Field<workflow_status> status{};
  Field<int64_t> created{}, updated{}, ended{};
  Field<int64_t> priority{};
  Field<std::string> correlation_id{}, parent_id{}, created_by{},
      idempotency_key{}, event{}, reason{}, failed_references{}, failed_tasks{};

  auto all() {
    return std::tie(type, version, status, created, updated, ended, priority,
                    correlation_id, parent_id, created_by, idempotency_key,
                    event, reason, failed_references, failed_tasks);
  }
  auto all() const {
    return std::tie(type, version, status, created, updated, ended, priority,
                    correlation_id, parent_id, created_by, idempotency_key,
                    event, reason, failed_references, failed_tasks);
  }
};

template <template <class> class Field>
struct task_fields {
  Field<std::string> type{}, definition{}, reference{};
  Field<task_status> status{};
  Field<int64_t> scheduled{}, started{}, updated{}, ended{};
  Field<std::string> reason{}, worker_id{}, domain{};
  Field<int64_t> retry_count{};

  auto all() {
    return std::tie(type, definition, reference, status, scheduled, started,
                    updated, ended, reason, worker_id, domain, retry_count);
  }
  auto all() const {
    return std::tie(type, definition, reference, status, scheduled, started,
                    updated, ended, reason, worker_id, domain, retry_count);
  }
};

using workflow_row = workflow_fields<set_value>;
using workflow_change = workflow_fields<std::optional>;
using task_row = task_fields<set_value>;
using task_change = task_fields<std::optional>;

/// Lays a change over a row, or over an earlier change.
template <class Into, class Change>
void merge(Into& into, const Change& by) {
  auto to = into.all();
  auto from = by.all();
  [&]<size_t... i>(std::index_sequence<i...>) {
    ((std::get<i>(from) ? void(std::get<i>(to) = *std::get<i>(from)) : void()),
     ...);
  }
  (std::make_index_sequence<std::tuple_size_v<decltype(to)>>());
}

/// True when the change sets anything.
template <class Change>
bool changes_anything(const Change& x) {
  return std::apply([](auto&... field) { return (bool(field) || ...); },
                    x.all());
}

/// 0 while it runs.
inline int64_t execution_time(const workflow_row& x) {
  return x.ended > 0 ? std::max<int64_t>(x.ended - x.created, 0) : 0;
}
inline int64_t execution_time(const task_row& x) {
  return x.ended > 0 && x.started > 0
             ? std::max<int64_t>(x.ended - x.started, 0)
             : 0;
}
inline int64_t queue_wait_time(const task_row& x) {
  return x.started > 0 && x.scheduled > 0
             ? std::max<int64_t>(x.started - x.scheduled, 0)
             : 0;
}

/// What free text finds an execution by: its type, correlation id and input;
/// its output; its reason.
enum class text : uint8_t { input, output, reason };
inline constexpr size_t text_count = 3;

/// A value at a path that the definition names (searchAttributes).
struct attribute {
  std::string path;
  query::attribute_kind kind = query::attribute_kind::text;
  std::string text;
  double number = 0;
  friend bool operator==(const attribute&, const attribute&) = default;
};

/// Where an attribute comes from; those of one part are replaced together.
enum class part : uint8_t { input, output, variables };
inline constexpr size_t part_count = 3;

struct changed_task {
  std::string id;
  bool added = false; ///< the change has all its fields
  bool removed = false;
  task_change set;
};

/// What commits have changed of one execution.
struct execution_change {
  std::string id;
  /// The newest revision in it. A row that has it already stays as it is.
  int64_t revision = 0;
  bool removed = false;  ///< with all that belongs to it
  bool complete = false; ///< has everything; nothing else is kept
  workflow_change set;
  std::optional<std::vector<std::string>> words[text_count];
  std::optional<std::vector<attribute>> attributes[part_count];
  std::vector<changed_task> tasks;
};

/// Bytes of a text that are kept. Longer texts are cut.
inline constexpr size_t text_bytes_max = 512;

} // namespace tutti::index
