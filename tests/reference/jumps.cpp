#include "tests/reference/expressions.hpp"
#include "tests/reference/model.hpp"

#include <algorithm>

// reference:goto

namespace tutti::reference {

namespace jumps_detail {

/// A list on the path to a task, and the index where the path continues.
struct stage {
  const json* list;
  size_t index;
  const json* container; ///< null: the list of the workflow
};

bool way_to(const json& list, const json* container, const std::string& ref,
            std::vector<stage>& way) {
  for (size_t i = 0; i < list.size(); ++i) {
    way.push_back({&list, i, container});
    if (text_at(list[i], "taskReferenceName") == ref)
      return true;
    bool found = false;
    each_list(list[i], [&](auto& inner) {
      found = found || way_to(inner, &list[i], ref, way);
    });
    if (found)
      return true;
    way.pop_back();
  }
  return false;
}

/// Collects the references of a task and of all tasks inside of it.
void collect(const json& task, std::vector<std::string>& out) {
  out.push_back(text_at(task, "taskReferenceName"));
  each_list(task, [&](auto& inner) {
    for (auto& x : inner)
      collect(x, out);
  });
}

bool forks(const json& task) {
  return text_at(task, "type").rfind("FORK", 0) == 0;
}

bool is_loop_type(const json& task) {
  return text_at(task, "type") == "DO_WHILE"
         || text_at(task, "type") == "FOR_EACH";
}

bool same_iteration(const position& a, const position& b) {
  return a.loop == b.loop && (a.loop.empty() || a.number == b.number);
}

/// A compensation task counts in the iteration of its SCOPE.
position iteration_of(const execution& w, position where) {
  for (auto* t = w.by_id(where.loop); t && t->type == "SCOPE";
       t = w.by_id(where.loop))
    where = t->where;
  return where;
}

/// The same position in another pass.
position in_pass(const position& where, int pass) {
  auto out = where;
  auto number = std::to_string(pass);
  if (where.loop.empty()) {
    out.suffix = "__" + number;
    out.number = pass;
  } else {
    if (where.pass > 1)
      out.suffix.resize(out.suffix.rfind('_'));
    if (out.suffix.empty())
      out.suffix = "__0"; // compensation outside of loops
    out.suffix += "_" + number;
  }
  out.pass = pass;
  return out;
}

std::optional<int64_t> as_number(const json& x) {
  if (x.is_number())
    return x.get<int64_t>();
  if (x.is_string() && !x.get<std::string>().empty()
      && x.get<std::string>().find_first_not_of("0123456789")
             == std::string::npos)
    return std::stoll(x.get<std::string>());
  return std::nullopt;
}

} // namespace jumps_detail

using namespace jumps_detail;

bool model::jumped(const execution& w) {
  return std::any_of(w.rows.begin(), w.rows.end(), [](auto& t) {
    return t->type == "GOTO" && t->status == "COMPLETED";
  });
}

/// The GOTO that began that pass, or null: it is the first one.
const row* model::jump_to(const execution& w, const position& pass) {
  for (auto& x : w.rows)
    if (x->type == "GOTO" && x->status == "COMPLETED"
        && x->output.contains("pass") && x->pass_at.loop == pass.loop
        && x->pass_at.suffix == pass.suffix)
      return x.get();
  return nullptr;
}

namespace jumps_detail {

/// A list that leads to a row, the index in it, and its position.
struct frame {
  const json* list;
  size_t index;
  position where;
};

/// The row's own list, then those of the rows around it.
std::vector<frame> frames_of(const execution& w, std::string ref,
                             position where) {
  std::vector<frame> out;
  while (true) {
    std::vector<stage> way;
    auto* fork = w.by_id(where.fork);
    row* around = nullptr;
    if (way_to(w.def["tasks"], nullptr, ref, way)) {
      auto [list, index, container] = way.back();
      out.push_back({list, index, where});
      if (!container)
        return out;
      if (list == &at(*container, "compensate")
          || text_at(*container, "type") == "SCOPE")
        around = w.by_id(where.scope);
      else if (is_loop_type(*container))
        around = w.by_id(where.loop);
      else if (forks(*container))
        around = fork;
      else
        ref = text_at(*container, "taskReferenceName");
      if (!around && ref == text_at(*container, "taskReferenceName"))
        continue;
    } else {
      around = fork; // a dynamic branch
    }
    if (!around)
      return out;
    ref = base_of(*around);
    where = around->where;
  }
}

} // namespace jumps_detail

/// Where the order to skip the task is written, which has rows: it must be
/// ahead of an open row, or come again in a loop.
std::optional<position> model::may_skip(const execution& w,
                                        const std::string& ref) {
  std::vector<stage> way;
  way_to(w.def["tasks"], nullptr, ref, way);
  bool repeated = false;
  for (auto& x : way)
    repeated = repeated
               || (x.container && is_loop_type(*x.container)
                   && x.list == &at(*x.container, "loopOver"));
  std::optional<position> found;
  for (auto& t : w.rows) {
    if (!is_open(*t))
      continue;
    if (base_of(*t) == ref)
      return std::nullopt;
    auto frames = frames_of(w, base_of(*t), t->where);
    for (size_t i = 0; i < frames.size(); ++i)
      for (auto& x : way) {
        auto& here = frames[i];
        if (found || x.list != here.list)
          continue;
        auto& ahead = (*x.list)[x.index];
        auto name = text_at(ahead, "taskReferenceName");
        auto& items = at(t->input, "_items");
        if ((here.index < x.index && !w.by_ref(name + here.where.suffix))
            || (i == 0 && here.index == x.index && is_loop(*t) && name != ref
                && (!items.is_array() || t->iteration < int(items.size()))))
          found = here.where;
      }
  }
  return found && repeated ? position() : found;
}

bool model::execute_goto(execution& w, row& t) {
  auto cannot = [&] {
    finish(t, "FAILED_WITH_TERMINAL_ERROR", "*cannot jump*");
    return true;
  };
  auto& given = at(t.input, "target");
  auto target = given.is_null() ? "" : java_text(given);
  auto most = std::min<int64_t>(
      1000, as_number(at(t.input, "maxJumps")).value_or(10));
  std::vector<stage> here, there;
  if (target.empty() || !way_to(w.def["tasks"], nullptr, target, there)
      || !way_to(w.def["tasks"], nullptr, base_of(t), here))
    return cannot();
  std::vector<const json*> left;
  while (here.back().list != there.back().list) {
    auto& last = here.back();
    if (!last.container || forks(*last.container)
        || last.list == &at(*last.container, "compensate"))
      return cannot();
    left.push_back(last.container);
    here.pop_back();
  }
  t.landing = t.where;
  for (auto* container : left)
    if (is_loop_type(*container))
      t.landing = w.by_id(t.landing.loop)->where;
  int64_t jumps = 1;
  for (auto& x : w.rows)
    jumps += x->type == "GOTO" && x->status == "COMPLETED"
             && base_of(*x) == base_of(t)
             && same_iteration(x->landing, t.landing);
  if (jumps > most)
    return cannot();
  // If the target cannot be scheduled, the rows become what they were before
  // the jump.
  std::vector<std::pair<row_pointer, row>> before;
  for (auto& x : w.rows)
    if (x.get() == &t || is_loop(*x) || x->type == "SCOPE" || x->type == "JOIN")
      before.emplace_back(x, *x);
  t.output = {{"target", target}, {"jumps", jumps}};
  finish(t, "COMPLETED");
  t.executed = true;
  auto& goal = there.back();
  because_ = t.id;
  try {
    jump(w, t, (*goal.list)[goal.index], goal.index <= here.back().index, left);
  } catch (const ending&) {
    for (auto& [x, row] : before)
      *x = row;
    throw;
  }
  return true;
}

void model::jump(execution& w, row& t, const json& target, bool back,
                 const std::vector<const json*>& left) {
  auto where = t.where;
  for (auto* container : left) {
    if (is_loop_type(*container))
      where = w.by_id(where.loop)->where;
    else if (text_at(*container, "type") == "SCOPE")
      where = w.by_id(where.scope)->where;
  }
  auto ref = text_at(target, "taskReferenceName");
  auto* there = w.by_ref(ref + where.suffix);
  if (back || (there && there->status != "SKIPPED")) {
    // The number must differ from those of all compensation tasks in the scope.
    auto* around = w.by_id(where.loop);
    bool compensates = around && around->type == "SCOPE";
    int last = 1;
    for (auto& x : w.rows)
      if (compensates
          || same_iteration(iteration_of(w, x->where), iteration_of(w, where)))
        last = std::max(last, x->where.pass);
    where = in_pass(where, last + 1);
    t.output["pass"] = last + 1;
  }
  t.pass_at = where;
  leave(w, t, left);
  if (t.output.contains("pass"))
    join_anew(w, ref, where);
  bool ends = false;
  std::vector<row_pointer> skipped;
  auto* next = skip_skipped(w, &target, where, &ends, &skipped);
  begin(w, skipped);
  if (next)
    begin(w, rows_for(w, *next, where));
  else if (ends)
    begin(w, list_ended(w, where));
}

/// Ends the loops and scopes that the flow leaves, innermost first.
void model::leave(execution& w, row& t, const std::vector<const json*>& left) {
  auto where = t.where;
  for (auto* container : left) {
    if (is_loop_type(*container)) {
      auto& loop = *w.by_id(where.loop);
      break_loop(w, loop);
      where = loop.where;
    } else if (text_at(*container, "type") == "SCOPE") {
      auto& scope = *w.by_id(where.scope);
      scope.output.erase("toCompensate");
      supersede(w, scope, "compensate");
      scope.output["state"] = "LEFT";
      finish(scope, "COMPLETED");
      scope.executed = true;
      where = scope.where;
    }
  }
}

/// Its output so far is its result.
void model::break_loop(execution& w, row& loop) {
  look_at_joins(w);
  auto output = loop_output(w, loop);
  for (bool more = true; more;) { // also in rows inside of rows inside
    more = false;
    for (auto& x : w.rows) {
      auto* around = w.by_id(x->where.loop);
      bool inside = around && (around == &loop || is_terminal(*around));
      if (!inside || !is_open(*x))
        continue;
      cancel(w, *x);
      x->executed = more = true;
    }
  }
  loop.output = output;
  finish(loop, "COMPLETED");
  loop.executed = true;
}

/// The branch's open JOIN waits for the rows that run again at `where`.
void model::join_anew(execution& w, const std::string& target,
                      const position& where) {
  auto* fork = where.fork.empty() ? nullptr : w.by_id(where.fork);
  auto* task = fork ? follower(w, base_of(*fork)) : nullptr;
  auto* join
      = task
            ? w.by_ref(text_at(*task, "taskReferenceName") + fork->where.suffix)
            : nullptr;
  if (!join || !is_open(*join))
    return;
  // Everything from the target on, and after each container on the path to the
  // branch.
  std::vector<stage> way;
  way_to(w.def["tasks"], nullptr, target, way);
  std::vector<std::string> again;
  for (bool first = true;; first = false) {
    auto here = way.back();
    for (auto i = here.index + (first ? 0 : 1); i < here.list->size(); ++i)
      collect((*here.list)[i], again);
    if (text_at(*here.container, "taskReferenceName") == base_of(*fork))
      break;
    way.pop_back();
  }
  auto& names = at(join->task, "joinOn");
  for (size_t i = 0; i < names.size(); ++i)
    if (std::count(again.begin(), again.end(), names[i].get<std::string>()))
      join->input["joinOn"][i] = names[i].get<std::string>() + where.suffix;
}

} // namespace tutti::reference
