#include "storage/index/sqlite/filter_sql.hpp"

#include "messages/model/enums.hpp"
#include "messages/model/ids.hpp"

#include <algorithm>

namespace tutti::index {

namespace filter_sql_detail {

using query::field;
using query::filter;
using query::test;
using query::value;

struct column {
  const char* name;
  bool is_name = false; ///< a number of the table `name`
  bool may_be_absent = false;
  bool has_partial_tree = false; ///< of the values that are not absent
};

/// In the order of query::field. `w` is the execution, `t` the task.
constexpr column columns[] = {
    {"w.id"},
    {"w.type", true},
    {"w.version"},
    {"w.status"},
    {"w.correlation", false, true, true},
    {"w.created", false, true},
    {"w.updated", false, true},
    {"w.ended", false, true, true},
    {"w.duration"},
    {"w.priority"},
    {"w.parent", false, true, true},
    {"w.created_by", false, true},
    {"w.idempotency_key", false, true},
    {"w.event", false, true},
    {"w.reason", false, true},
    {"w.failed_references", false, true},
    {"w.failed_tasks", false, true},
    {"t.id"},
    {"t.type", true},
    {"t.definition", true, true},
    {"t.reference"},
    {"t.status"},
    {"t.scheduled", false, true},
    {"t.started", false, true},
    {"t.updated", false, true},
    {"t.ended", false, true},
    {"t.duration"},
    {"t.waited"},
    {"t.reason", false, true},
    {"t.worker", false, true},
    {"t.domain", false, true},
    {"t.retry"},
};

const column& facts_of(field x) { return columns[size_t(x)]; }
bool is_time(field x) {
  return query::info_of(x).kind == query::value_kind::time;
}

/// The least text above all that begin with `prefix`; empty: there is none.
std::string above(std::string prefix) {
  while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xff)
    prefix.pop_back();
  if (!prefix.empty())
    ++prefix.back();
  return prefix;
}

const char* sign(test x) {
  switch (x) {
    case test::less:
      return " < ?";
    case test::less_equal:
      return " <= ?";
    case test::greater:
      return " > ?";
    case test::greater_equal:
      return " >= ?";
    default:
      return " = ?";
  }
}

std::string glob_of(const std::vector<value>& pieces) {
  std::string out;
  for (auto& piece : pieces) {
    if (&piece != pieces.data())
      out += '*';
    for (auto c : std::get<std::string>(piece))
      if (c == '*' || c == '?' || c == '[')
        out += std::string("[") + c + ']';
      else
        out += c;
  }
  return out;
}

bool excludes_absent(test how, const std::vector<value>& values) {
  auto is_absent = [](const value& x) {
    auto* text = std::get_if<std::string>(&x);
    auto* number = std::get_if<int64_t>(&x);
    return (text && text->empty()) || (number && *number <= 0);
  };
  if (how != test::equal && how != test::any_of && how != test::starts_with)
    return false;
  return std::none_of(values.begin(), values.end(), is_absent);
}

/// Up to here executions are named one by one, which may begin a search; beyond
/// it each one is asked whether it is among them.
constexpr size_t named_max = 5'000;

} // namespace filter_sql_detail

using namespace filter_sql_detail;

statement bound_sql::prepare(const database& in) const {
  auto out = in.prepare(text);
  for (size_t i = 0; i < values.size(); ++i)
    out.bind(int(i + 1), values[i]);
  return out;
}

const char* column_of(field x) { return facts_of(x).name; }

std::string key_of(field x) {
  auto& column = facts_of(x);
  if (!column.is_name)
    return column.name;
  return std::string("(SELECT text FROM name WHERE id = ") + column.name + ")";
}

void sql_builder::add_filter(const filter& x) {
  if (auto* at = texts_.find(x))
    return at->set ? add_found(*at->set) : add("1");
  switch (x.what) {
    case filter::kind::everything:
      return add("1");
    case filter::kind::nothing:
    case filter::kind::text: // each is among the hits
      return add("0");
    case filter::kind::field:
      return add_field(x);
    case filter::kind::attribute:
      return add_attribute(x);
    case filter::kind::negation:
      add("NOT (");
      add_filter(x.parts.front());
      return add(")");
    case filter::kind::all_of:
      return add_list(x, " AND ", 0, x.parts.size());
    case filter::kind::any_of:
      return add_list(x, " OR ", 0, x.parts.size());
  }
}

// Balanced, because SQLite bounds the depth of an expression.
void sql_builder::add_list(const filter& x, const char* between, size_t from,
                           size_t to) {
  if (from == to)
    return add(x.what == filter::kind::all_of ? "1" : "0");
  if (to - from == 1) {
    add("(");
    add_filter(x.parts[from]);
    return add(")");
  }
  auto middle = from + (to - from) / 2;
  add("(");
  add_list(x, between, from, middle);
  add(between);
  add_list(x, between, middle, to);
  add(")");
}

void sql_builder::add_field(const filter& x) {
  auto& column = facts_of(x.of);
  bool is_one_of = x.how == test::equal || x.how == test::any_of;
  if (x.how == test::is_null)
    return add_null_test(x.of);
  if (x.of == field::status && is_one_of)
    return add_status(x);
  if (x.of == field::task_id && is_one_of)
    return add_task_id(x);
  if (!column.is_name)
    return add_test(column.name, x.how, x.values, column.has_partial_tree,
                    is_time(x.of));
  // Equality is by far the most frequent: one number, found once.
  add(column.name);
  if (x.how == test::equal) {
    add(" = (SELECT id FROM name WHERE text = ?)");
    return add_value(x.values.front());
  }
  add(" IN (SELECT id FROM name WHERE ");
  add_test("text", x.how, x.values, false, false);
  add(")");
}

/// The tree of statuses is without those that ended well.
void sql_builder::add_status(const filter& x) {
  const value well = int64_t(workflow_status::completed);
  if (std::ranges::find(x.values, well) != x.values.end())
    return add_test("w.status", x.how, x.values, false, false);
  add("(w.status <> " + std::to_string(int(workflow_status::completed))
      + " AND ");
  add_test("w.status", x.how, x.values, false, false);
  add(")");
}

/// A task's id begins as that of its execution (ids.hpp), which has a tree.
void sql_builder::add_task_id(const filter& x) {
  add("(");
  add_test("t.id", x.how, x.values, false, false);
  add(" AND t.workflow IN (SELECT doc FROM workflow WHERE ");
  for (auto& id : x.values) {
    auto prefix = std::get<std::string>(id).substr(0, id_prefix_length);
    add(&id == x.values.data() ? "" : " OR ");
    auto end = above(prefix);
    add_range("id", prefix, end);
  }
  add("))");
}

void sql_builder::add_null_test(field of) {
  auto& column = facts_of(of);
  if (column.is_name)
    return add(std::string(column.name)
               + " IN (SELECT id FROM name WHERE text = '')");
  bool text = query::info_of(of).kind == query::value_kind::text;
  add(std::string(column.name) + (text ? " = ''" : " = 0"));
}

void sql_builder::add_test(const std::string& name, test how, const values& all,
                           bool has_partial_tree, bool absent_compares_not) {
  bool is_text = !all.empty() && std::holds_alternative<std::string>(all[0]);
  auto absent = is_text || how == test::pattern ? "''" : "0";
  // What no value can have that is absent may use the tree of the others.
  bool present = has_partial_tree && excludes_absent(how, all);
  bool guarded
      = present
        || (absent_compares_not && how != test::equal && how != test::any_of);
  // Not `>`: of two bounds SQLite may enter the tree at the lower one.
  if (guarded)
    add("(" + name + " <> " + absent + " AND ");
  switch (how) {
    case test::any_of:
      add(name + " IN (");
      for (auto& x : all) {
        add(&x == all.data() ? "?" : ",?");
        add_value(x);
      }
      add(")");
      break;
    case test::between:
      add(name + " BETWEEN ? AND ?");
      add_value(all[0]);
      add_value(all[1]);
      break;
    case test::starts_with: {
      auto& prefix = std::get<std::string>(all.front());
      add_range(name, prefix, above(prefix));
      break;
    }
    case test::pattern:
      add(name + " GLOB ?");
      add_value(glob_of(all));
      break;
    default:
      add(name + sign(how));
      add_value(all.front());
  }
  if (guarded)
    add(")");
}

void sql_builder::add_range(const std::string& name, const std::string& from,
                            const std::string& to) {
  add("(" + name + " >= ?");
  add_value(from);
  if (!to.empty()) {
    add(" AND " + name + " < ?");
    add_value(to);
  }
  add(")");
}

void sql_builder::add_attribute(const filter& x) {
  bool missing = x.how == test::is_null;
  add(missing ? "w.doc NOT IN (" : "w.doc IN (");
  add("SELECT doc FROM attribute WHERE path = (SELECT id FROM name WHERE "
      "text = ?)");
  add_value(x.path);
  if (!missing) {
    add(" AND (");
    for (auto& meaning : x.meanings) {
      add(&meaning == x.meanings.data() ? "(" : " OR (");
      bool text = meaning.kind == query::attribute_kind::text;
      add("kind = ? AND ");
      add_value(int64_t(meaning.kind));
      // The tree's order is kind, text, number; numbers have an empty text.
      add(text ? "" : "text = '' AND ");
      add_test(text ? "text" : "number", x.how, meaning.values, false, false);
      add(")");
    }
    add(x.meanings.empty() ? "0)" : ")");
  }
  add(")");
}

void sql_builder::add_found(size_t set) {
  std::string doc = of_ == query::subject::tasks ? "t.workflow" : "w.doc";
  auto& docs = texts_.sets()[set];
  if (docs.count() > named_max)
    return add("found(" + std::to_string(set) + ", " + doc + ")");
  add(doc + " IN (SELECT value FROM json_each(?))");
  add_value(docs.as_json());
}

} // namespace tutti::index
