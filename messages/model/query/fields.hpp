#pragma once

#include "messages/model/query/filter.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace tutti::query {

struct field_info {
  field which;
  subject of;            ///< tasks also have those of their execution
  std::string_view name; ///< on the wire
  value_kind kind;
  bool may_be_absent = true;
  bool countable = false; ///< few values: may be a facet
};

/// All fields of a subject.
std::span<const field_info> fields_of(subject x);
const field_info& info_of(field x);

/// By name or by another name that clients use; without case for the first
/// letter only. Null: there is no such field.
const field_info* find_field(subject of, std::string_view name);

/// True of all that a condition may name: fields, and besides them `text`, the
/// classifier, and paths of attributes.
bool is_field(subject of, std::string_view name);
/// `input.a`: a value that definitions may name (reference:search#attributes).
bool is_attribute(subject of, std::string_view name);

/// "there is no field 'workflowTyp'; did you mean 'workflowType'?"
std::string no_such_field(subject of, std::string_view name);

} // namespace tutti::query
