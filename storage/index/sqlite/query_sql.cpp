#include "storage/index/sqlite/query_sql.hpp"

#include "messages/model/query/fields.hpp"

#include <nlohmann/json.hpp>

namespace tutti::index {

namespace query_sql_detail {

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

const column& column_of(field x) { return columns[size_t(x)]; }
bool is_time(field x) {
  return query::info_of(x).kind == query::value_kind::time;
}
bool of_execution(field x) {
  return query::info_of(x).of == query::subject::workflows;
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

class sql_builder {
 public:
  explicit sql_builder(query::subject of) : of_(of) {}

  bound_sql out;

  void add(std::string_view text) { out.text += text; }
  void add_value(value x) { out.values.push_back(std::move(x)); }

  void add_filter(const filter& x) {
    switch (x.what) {
      case filter::kind::everything:
        return add("1");
      case filter::kind::nothing:
        return add("0");
      case filter::kind::field:
        return add_field(x);
      case filter::kind::attribute:
        return add_attribute(x);
      case filter::kind::text:
        return add_words(x);
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

 private:
  // Balanced, because SQLite bounds the depth of an expression.
  void add_list(const filter& x, const char* between, size_t from, size_t to) {
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

  void add_field(const filter& x) {
    auto& column = column_of(x.of);
    if (x.how == test::is_null)
      return add_null_test(x.of, column);
    if (!column.is_name)
      return add_test(column.name, x.how, x.values, &column, is_time(x.of));
    // Equality is by far the most frequent: one number, found once.
    add(column.name);
    if (x.how == test::equal) {
      add(" = (SELECT id FROM name WHERE text = ?)");
      return add_value(x.values.front());
    }
    add(" IN (SELECT id FROM name WHERE ");
    add_test("text", x.how, x.values, nullptr, false);
    add(")");
  }

  void add_null_test(field of, const column& column) {
    if (column.is_name)
      return add(std::string(column.name)
                 + " IN (SELECT id FROM name WHERE text = '')");
    bool text = query::info_of(of).kind == query::value_kind::text;
    add(std::string(column.name) + (text ? " = ''" : " = 0"));
  }

  void add_test(const std::string& name, test how,
                const std::vector<value>& values, const column* of,
                bool absent_compares_not) {
    bool is_text = !values.empty()
                   && std::holds_alternative<std::string>(values.front());
    auto absent = is_text || how == test::pattern ? "''" : "0";
    // What no value can have that is absent may use the tree of the others.
    bool present = of && of->has_partial_tree && excludes_absent(how, values);
    bool guarded
        = present
          || (absent_compares_not && how != test::equal && how != test::any_of);
    if (guarded)
      add("(" + name + " > " + absent + " AND ");
    switch (how) {
      case test::any_of:
        add(name + " IN (");
        for (auto& x : values) {
          add(&x == values.data() ? "?" : ",?");
          add_value(x);
        }
        add(")");
        break;
      case test::between:
        add(name + " BETWEEN ? AND ?");
        add_value(values[0]);
        add_value(values[1]);
        break;
      case test::starts_with:
        add_prefix(name, std::get<std::string>(values.front()));
        break;
      case test::pattern:
        add(name + " GLOB ?");
        add_value(glob_of(values));
        break;
      default:
        add(name + sign(how));
        add_value(values.front());
    }
    if (guarded)
      add(")");
  }

  static bool excludes_absent(test how, const std::vector<value>& values) {
    auto is_absent = [](const value& x) {
      auto* text = std::get_if<std::string>(&x);
      auto* number = std::get_if<int64_t>(&x);
      return (text && text->empty()) || (number && *number <= 0);
    };
    if (how != test::equal && how != test::any_of && how != test::starts_with)
      return false;
    return std::none_of(values.begin(), values.end(), is_absent);
  }

  void add_prefix(const std::string& name, const std::string& prefix) {
    auto end = above(prefix);
    add("(" + name + " >= ?");
    add_value(prefix);
    if (!end.empty()) {
      add(" AND " + name + " < ?");
      add_value(end);
    }
    add(")");
  }

  void add_attribute(const filter& x) {
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
        add_test(text ? "text" : "number", x.how, meaning.values, nullptr,
                 false);
        add(")");
      }
      add(x.meanings.empty() ? "0)" : ")");
    }
    add(")");
  }

  void add_words(const filter& x) {
    std::string match = "\"";
    for (auto& word : x.words) {
      if (match.size() > 1)
        match += ' ';
      match += word; // letters, digits, - and _ alone (words.hpp)
    }
    match += x.prefix ? "\" *" : "\"";
    add(of_ == query::subject::tasks ? "t.workflow" : "w.doc");
    add(" IN (SELECT x.doc FROM words CROSS JOIN text x ON x.id = words.rowid "
        "WHERE words MATCH ?)");
    add_value(match);
  }

  query::subject of_;
};

bool names_execution(const filter& x) {
  if (x.what == filter::kind::field)
    return of_execution(x.of);
  return std::any_of(x.parts.begin(), x.parts.end(), names_execution);
}

bool needs_join(const search& what, std::optional<field> facet = {}) {
  return names_execution(what.filter)
         || std::any_of(what.sort.begin(), what.sort.end(),
                        [](auto& key) { return of_execution(key.by); })
         || (facet && of_execution(*facet));
}

std::string source(const search& what, std::optional<field> facet = {}) {
  if (what.subject == query::subject::workflows)
    return " FROM workflow w WHERE ";
  return needs_join(what, facet)
             ? " FROM task t JOIN workflow w ON w.doc = t.workflow WHERE "
             : " FROM task t WHERE ";
}

/// What a row is sorted by: a name is its text.
std::string key_of(field x) {
  auto& column = column_of(x);
  if (!column.is_name)
    return column.name;
  return std::string("(SELECT text FROM name WHERE id = ") + column.name + ")";
}

std::string number_of(const search& what) {
  if (what.subject == query::subject::workflows)
    return "w.doc";
  return what.executions_of_tasks ? "t.workflow" : "t.doc";
}

/// By what a page is sorted; several tasks of one execution count as their
/// first one in that order.
std::vector<std::string> keys_of(const search& what) {
  std::vector<std::string> out;
  for (auto& key : what.sort) {
    auto text = key_of(key.by);
    if (what.executions_of_tasks)
      text = (key.descending ? "max(" : "min(") + text + ")";
    out.push_back(std::move(text));
  }
  return out;
}

bool descends(const search& what) {
  return !what.sort.empty() && what.sort.front().descending;
}

// Cursors: JSON as hexadecimal digits, [generation, sort, key..., number].

std::string sort_text(const search& what) {
  std::string out = what.executions_of_tasks ? "e" : "";
  for (auto& key : what.sort)
    out += std::to_string(int(key.by)) + (key.descending ? "-" : "+");
  return out;
}

std::string to_hex(const std::string& bytes) {
  constexpr auto digits = "0123456789abcdef";
  std::string out;
  for (auto c : bytes) {
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

std::optional<std::string> from_hex(std::string_view hex) {
  auto digit = [](char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
  };
  std::string out;
  if (hex.size() % 2 != 0)
    return std::nullopt;
  for (size_t i = 0; i < hex.size(); i += 2) {
    int high = digit(hex[i]), low = digit(hex[i + 1]);
    if (high < 0 || low < 0)
      return std::nullopt;
    out += static_cast<char>(high * 16 + low);
  }
  return out;
}

/// The keys and the number; nullopt when it does not fit.
std::optional<std::vector<value>> read_cursor(const search& what,
                                              int64_t generation) {
  auto bytes = from_hex(what.cursor);
  if (!bytes)
    return std::nullopt;
  auto in = nlohmann::json::parse(*bytes, nullptr, false);
  if (!in.is_array() || in.size() != what.sort.size() + 3 || in[0] != generation
      || in[1] != sort_text(what) || !in.back().is_number_integer())
    return std::nullopt;
  std::vector<value> out;
  for (size_t i = 2; i < in.size(); ++i)
    if (in[i].is_number_integer())
      out.emplace_back(in[i].get<int64_t>());
    else if (in[i].is_string())
      out.emplace_back(in[i].get<std::string>());
    else
      return std::nullopt;
  return out;
}

/// Rows behind the keys: the first key that differs is behind its own.
void add_behind(sql_builder& to, const search& what,
                const std::vector<value>& after) {
  auto keys = keys_of(what);
  keys.push_back(number_of(what));
  auto down = [&](size_t i) {
    return i < what.sort.size() ? what.sort[i].descending : descends(what);
  };
  // The first key alone, so that a tree is entered at the right place.
  to.add("(" + keys[0] + (down(0) ? " <= ?" : " >= ?") + " AND (");
  to.add_value(after[0]);
  for (size_t last = 0; last < keys.size(); ++last) {
    to.add(last == 0 ? "(" : " OR (");
    for (size_t i = 0; i < last; ++i) {
      to.add(keys[i] + " = ? AND ");
      to.add_value(after[i]);
    }
    to.add(keys[last] + (down(last) ? " < ?" : " > ?") + ")");
    to.add_value(after[last]);
  }
  to.add("))");
}

} // namespace query_sql_detail

statement bound_sql::prepare(const database& in) const {
  auto out = in.prepare(text);
  for (size_t i = 0; i < values.size(); ++i)
    out.bind(int(i + 1), values[i]);
  return out;
}

bound_sql count_sql(const search& what) {
  using namespace query_sql_detail;
  sql_builder to(what.subject);
  // Without a condition SQLite counts pages of the tree, not rows.
  if (what.filter.what == query::filter::kind::everything
      && !what.executions_of_tasks) {
    to.add(what.subject == query::subject::tasks
               ? "SELECT count(*) FROM task"
               : "SELECT count(*) FROM workflow");
    return std::move(to.out);
  }
  to.add(what.executions_of_tasks ? "SELECT count(DISTINCT t.workflow)"
                                  : "SELECT count(*)");
  to.add(source(what));
  to.add_filter(what.filter);
  return std::move(to.out);
}

bound_sql page_sql(const search& what, int64_t generation) {
  using namespace query_sql_detail;
  sql_builder to(what.subject);
  auto keys = keys_of(what);
  auto number = number_of(what);
  if (what.subject == query::subject::workflows)
    to.add("SELECT w.id, ''");
  else
    to.add(std::string("SELECT (SELECT id FROM workflow WHERE doc = "
                       "t.workflow), ")
           + (what.executions_of_tasks ? "''" : "t.id"));
  for (auto& key : keys)
    to.add(", " + key);
  to.add(", " + number);
  to.add(source(what));
  to.add_filter(what.filter);
  auto after
      = what.cursor.empty() ? std::nullopt : read_cursor(what, generation);
  if (after && !what.executions_of_tasks) {
    to.add(" AND ");
    add_behind(to, what, *after);
  }
  if (what.executions_of_tasks)
    to.add(" GROUP BY t.workflow");
  if (after && what.executions_of_tasks) {
    to.add(" HAVING ");
    add_behind(to, what, *after);
  }
  to.add(" ORDER BY ");
  for (size_t i = 0; i < keys.size(); ++i)
    to.add(keys[i] + (what.sort[i].descending ? " DESC, " : ", "));
  to.add(number + (descends(what) ? " DESC" : "") + " LIMIT ? OFFSET ?");
  to.add_value(int64_t(what.count));
  to.add_value(after ? int64_t{0} : int64_t(what.start));
  return std::move(to.out);
}

bound_sql facet_sql(const search& what, query::field of) {
  using namespace query_sql_detail;
  sql_builder to(what.subject);
  to.add(
      "SELECT " + key_of(of) + ", "
      + (what.executions_of_tasks ? "count(DISTINCT t.workflow)" : "count(*)"));
  to.add(source(what, of));
  to.add_filter(what.filter);
  to.add(std::string(" GROUP BY ") + column_of(of).name
         + " ORDER BY 2 DESC, 1 LIMIT ?");
  to.add_value(int64_t(what.facet_values_max));
  return std::move(to.out);
}

std::string cursor_after(const statement& row, const search& what,
                         int64_t generation) {
  using namespace query_sql_detail;
  auto out = nlohmann::json::array({generation, sort_text(what)});
  for (int i = 2; i < int(what.sort.size()) + 3; ++i)
    if (row.is_integer(i))
      out.push_back(row.integer(i));
    else
      out.push_back(row.text(i));
  return to_hex(
      out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

std::optional<failure> check_cursor(const search& what, int64_t generation) {
  if (what.cursor.empty() || query_sql_detail::read_cursor(what, generation))
    return std::nullopt;
  return failure{errc::invalid,
                 "the cursor is none of this search: it is of another sort, "
                 "or the index was built anew; begin with the first page"};
}

} // namespace tutti::index
