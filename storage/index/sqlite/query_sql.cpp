#include "storage/index/sqlite/query_sql.hpp"

#include "storage/index/sqlite/tally_sql.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace tutti::index {

namespace query_sql_detail {

using query::field;
using query::filter;
using query::value;

bool of_execution(field x) {
  return query::info_of(x).of == query::subject::workflows;
}

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

bound_sql count_sql(const search& what, const text_hits& texts) {
  using namespace query_sql_detail;
  sql_builder to(what.subject, texts);
  // Without a condition SQLite counts pages of the tree, not rows.
  if (what.filter.what == query::filter::kind::everything
      && !what.executions_of_tasks) {
    to.add(what.subject == query::subject::tasks
               ? "SELECT count(*) FROM task"
               : "SELECT count(*) FROM workflow");
    return std::move(to.out);
  }
  if (auto counted = tally_count_sql(what, texts))
    return std::move(*counted);
  to.add(what.executions_of_tasks ? "SELECT count(DISTINCT t.workflow)"
                                  : "SELECT count(*)");
  to.add(source(what));
  to.add_filter(what.filter);
  return std::move(to.out);
}

bound_sql page_sql(const search& what, const text_hits& texts,
                   int64_t generation) {
  using namespace query_sql_detail;
  sql_builder to(what.subject, texts);
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

bound_sql facet_sql(const search& what, const text_hits& texts,
                    query::field of) {
  using namespace query_sql_detail;
  if (auto counted = tally_facet_sql(what, texts, of))
    return std::move(*counted);
  sql_builder to(what.subject, texts);
  to.add(
      "SELECT " + key_of(of) + ", "
      + (what.executions_of_tasks ? "count(DISTINCT t.workflow)" : "count(*)"));
  to.add(source(what, of));
  to.add_filter(what.filter);
  to.add(std::string(" GROUP BY ") + column_of(of)
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
