#pragma once

#include "messages/model/query/fields.hpp"
#include "storage/index/sqlite/sqlite.hpp"
#include "storage/index/sqlite/text_hits.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tutti::index {

/// SQL with a parameter for each value. Nothing that a user wrote is in the
/// text: it is put together from the words of these files alone.
struct bound_sql {
  std::string text;
  std::vector<query::value> values;

  statement prepare(const database& in) const;
};

/// The column of a field: of `w`, an execution, or `t`, a task.
const char* column_of(query::field x);
/// What a row is sorted by, and shown as: a name is its text.
std::string key_of(query::field x);

/// Puts SQL together, filters above all.
class sql_builder {
 public:
  sql_builder(query::subject of, const text_hits& texts)
      : of_(of), texts_(texts) {}

  bound_sql out;

  void add(std::string_view text) { out.text += text; }
  void add_value(query::value x) { out.values.push_back(std::move(x)); }
  void add_filter(const query::filter& x);

 private:
  using values = std::vector<query::value>;

  void add_list(const query::filter& x, const char* between, size_t from,
                size_t to);
  void add_field(const query::filter& x);
  void add_status(const query::filter& x);
  void add_task_id(const query::filter& x);
  void add_null_test(query::field of);
  void add_test(const std::string& name, query::test how, const values& all,
                bool has_partial_tree, bool absent_compares_not);
  void add_range(const std::string& name, const std::string& from,
                 const std::string& to);
  void add_attribute(const query::filter& x);
  void add_found(size_t set);

  const query::subject of_;
  const text_hits& texts_;
};

} // namespace tutti::index
