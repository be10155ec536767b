#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace tutti::query {

// A query whose names and values were checked, as engines of the index get it.

/// What is searched.
enum class subject : uint8_t { workflows, tasks };

/// Every field that can be searched, sorted by or counted. Those of tasks that
/// belong to their execution are the same ones.
enum class field : uint8_t {
  workflow_id,
  workflow_type,
  version,
  status,
  correlation_id,
  start_time, ///< of an execution: its creation
  update_time,
  end_time,
  execution_time,
  priority,
  parent_workflow_id,
  created_by,
  idempotency_key,
  event,
  reason,
  failed_reference_names,
  failed_task_names,
  // of tasks alone
  task_id,
  task_type,
  task_def_name,
  reference_name,
  task_status,
  scheduled_time,
  task_start_time,
  task_update_time,
  task_end_time,
  task_execution_time,
  queue_wait_time,
  task_reason,
  worker_id,
  domain,
  retry_count,
};

enum class value_kind : uint8_t { text, number, time, status };

/// Times are epoch milliseconds; a status is its enumerator's number.
using value = std::variant<int64_t, double, std::string>;

enum class test : uint8_t {
  equal,
  less,
  less_equal,
  greater,
  greater_equal,
  any_of,
  between, ///< both ends included
  starts_with,
  pattern, ///< pieces of text with anything between them, also nothing
  is_null,
};

/// What the index keeps of an attribute (reference:search#attributes): a text,
/// or a number for the other types.
enum class attribute_kind : uint8_t { text, number, boolean, time };

/// One way in which a value may be meant: `5` is a text and a number.
struct attribute_test {
  attribute_kind kind = attribute_kind::text;
  std::vector<value> values; ///< texts, or doubles
};

/// An absent text is empty and an absent time 0. Such a time is neither less
/// nor greater than any. Attributes with several values match with any of them.
struct filter {
  enum class kind : uint8_t {
    everything,
    nothing,
    field,
    attribute,
    text, ///< words that follow one another
    all_of,
    any_of,
    negation,
  };
  kind what = kind::everything;
  query::field of = {};
  std::string path = {}; ///< of an attribute
  query::test how = {};
  std::vector<value> values = {};
  std::vector<attribute_test> meanings = {}; ///< of an attribute's values
  std::vector<std::string> words = {};
  bool prefix = false;
  std::vector<filter> parts = {};
};

struct sort_key {
  query::field by = field::start_time;
  bool descending = false;
  friend bool operator==(const sort_key&, const sort_key&) = default;
};

} // namespace tutti::query
