#include "storage/index/sqlite/tally_sql.hpp"

#include "storage/index/sqlite/schema.hpp"

#include <algorithm>
#include <set>

namespace tutti::index {

namespace tally_sql_detail {

using query::field;
using query::filter;
using query::subject;

/// Days that are counted row by row; a filter with more is a rare one.
constexpr size_t days_max = 8;
/// No execution begins so late.
constexpr int64_t times_end = int64_t{1} << 60;

/// Whether a row of the tally is as good as the rows that it counts. Adds the
/// days where that is not so.
bool is_tallied(const filter& x, std::set<int64_t>& days) {
  switch (x.what) {
    case filter::kind::everything:
    case filter::kind::nothing:
      return true;
    case filter::kind::attribute:
    case filter::kind::text:
      return false;
    case filter::kind::negation:
    case filter::kind::all_of:
    case filter::kind::any_of:
      return std::ranges::all_of(
          x.parts, [&](auto& part) { return is_tallied(part, days); });
    case filter::kind::field:
      break;
  }
  if (x.of == field::start_time) {
    days.insert(0); // an absent time
    for (auto& time : x.values)
      if (auto* ms = std::get_if<int64_t>(&time); !ms)
        return false;
      else if (*ms < times_end)
        days.insert(day_of(*ms));
    return days.size() <= days_max;
  }
  return x.of == field::workflow_type || x.of == field::status
         || x.of == field::task_type || x.of == field::task_def_name
         || x.of == field::task_status;
}

bool is_task_field(field x) { return query::info_of(x).of == subject::tasks; }

bool names_execution(const filter& x) {
  return x.what == filter::kind::field
             ? !is_task_field(x.of)
             : std::ranges::any_of(x.parts, names_execution);
}

std::optional<std::set<int64_t>> days_of(const search& what) {
  std::set<int64_t> out;
  if (what.executions_of_tasks || !is_tallied(what.filter, out))
    return std::nullopt;
  if (what.subject == subject::tasks && names_execution(what.filter))
    return std::nullopt;
  return out;
}

/// Adds tables and condition: `w` or `t` of the tally.
void add_tally(sql_builder& to, const search& what,
               const std::set<int64_t>& days) {
  if (what.subject == subject::tasks) {
    to.add(" FROM task_tally t WHERE ");
    return to.add_filter(what.filter);
  }
  to.add(" FROM (SELECT day AS created, type, status, count FROM tally");
  for (auto day : days) {
    to.add(day == *days.begin() ? " WHERE day NOT IN (" : ", ");
    to.add(std::to_string(day));
  }
  to.add(days.empty() ? ") w WHERE " : ")) w WHERE ");
  to.add_filter(what.filter);
}

/// The same of the rows of a day.
void add_day(sql_builder& to, const search& what, int64_t day) {
  to.add(" FROM workflow w WHERE w.created BETWEEN " + std::to_string(day)
         + " AND " + std::to_string(day + day_ms - 1) + " AND ");
  to.add_filter(what.filter);
}

} // namespace tally_sql_detail

std::optional<bound_sql> tally_count_sql(const search& what,
                                         const text_hits& texts) {
  using namespace tally_sql_detail;
  auto days = days_of(what);
  if (!days)
    return std::nullopt;
  sql_builder to(what.subject, texts);
  to.add("SELECT (SELECT coalesce(sum(count), 0)");
  add_tally(to, what, *days);
  to.add(")");
  for (auto day : *days) {
    to.add(" + (SELECT count(*)");
    add_day(to, what, day);
    to.add(")");
  }
  return std::move(to.out);
}

std::optional<bound_sql>
tally_facet_sql(const search& what, const text_hits& texts, query::field of) {
  using namespace tally_sql_detail;
  bool known = what.subject == subject::tasks
                   ? of == field::task_type || of == field::task_def_name
                         || of == field::task_status
                   : of == field::workflow_type || of == field::status;
  auto days = known ? days_of(what) : std::nullopt;
  if (!days)
    return std::nullopt;
  sql_builder to(what.subject, texts);
  bool tasks = what.subject == subject::tasks;
  std::string columns = tasks ? "t.type AS type, t.definition AS definition, "
                                "t.status AS status, "
                              : "w.type AS type, w.status AS status, ";
  to.add("SELECT " + key_of(of) + ", sum(n) FROM (SELECT " + columns
         + "count AS n");
  add_tally(to, what, *days);
  for (auto day : *days) {
    to.add(" UNION ALL SELECT " + columns + "1");
    add_day(to, what, day);
  }
  to.add(std::string(tasks ? ") t" : ") w") + " GROUP BY " + column_of(of)
         + " HAVING sum(n) > 0 ORDER BY 2 DESC, 1 LIMIT ?");
  to.add_value(int64_t(what.facet_values_max));
  return std::move(to.out);
}

} // namespace tutti::index
