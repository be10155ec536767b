#include "tests/reference/expressions.hpp"

#include "tests/reference/model.hpp"

#include <sstream>

namespace tutti::reference {

namespace expressions_detail {

/// The position of the compensated row for a compensation task there, or null.
const position* compensated(const execution& w, const position& at) {
  auto* t = w.by_id(at.compensates);
  return t ? &t->where : nullptr;
}

/// The loops around that position and their iterations; for a compensation task
/// those around the compensated row.
std::vector<std::pair<const row*, int>> loops_around(const execution& w,
                                                     position at) {
  std::vector<std::pair<const row*, int>> out;
  for (auto* loop = w.by_id(at.loop); loop; loop = w.by_id(at.loop)) {
    if (is_loop(*loop))
      out.emplace_back(loop, at.number);
    at = loop->type == "SCOPE" && compensated(w, at) ? *compensated(w, at)
                                                     : loop->where;
  }
  return out;
}

/// The FOR_EACH rows around that position, and their items.
std::vector<std::pair<const row*, int>> items_around(const execution& w,
                                                     const position& at) {
  auto out = loops_around(w, at);
  std::erase_if(out, [](auto& x) { return x.first->type != "FOR_EACH"; });
  return out;
}

bool is_in(const json& list, const std::string& ref) {
  bool found = false;
  for (auto& task : list) {
    found = found || text_at(task, "taskReferenceName") == ref;
    each_list(task, [&](auto& x) { found = found || is_in(x, ref); });
  }
  return found;
}

/// A compensation task sees the rows of its own run, and those beside or around
/// the compensated row, within the scope.
std::optional<const row*> beside_compensated(const execution& w,
                                             const std::string& name,
                                             const position& from) {
  auto* done = w.by_id(from.compensates);
  if (!done)
    return std::nullopt;
  auto last = [&](auto wanted) {
    const row* out = nullptr;
    for (auto* list : {&w.rows, &w.making})
      for (auto& t : *list)
        if (base_of(*t) == name && wanted(*t))
          out = t.get();
    return out;
  };
  if (is_in(at(done->task, "compensate"), name))
    return last(
        [&](auto& t) { return t.where.compensates == from.compensates; });
  const row* scope = nullptr; // the compensating scope
  for (auto* p = &from; !scope;) {
    auto* x = w.by_id(p->loop);
    scope = x->type == "SCOPE" ? x : nullptr;
    p = &x->where;
  }
  for (auto* p = &done->where;;) {
    if (auto* t = last([&](auto& t) {
          return t.where.loop == p->loop && t.where.suffix == p->suffix;
        }))
      return t;
    auto* loop = w.by_id(p->loop);
    if (!loop || p->loop == scope->where.loop)
      return std::nullopt;
    p = &loop->where;
  }
}

/// The row created last; never one of another item of a FOR_EACH around it, nor
/// of an earlier run of that FOR_EACH.
const row* visible(const execution& w, const std::string& name,
                   const position& from) {
  if (auto own = beside_compensated(w, name, from))
    return *own;
  auto around = items_around(w, from);
  const row* latest = nullptr;
  for (auto* list : {&w.rows, &w.making})
    for (auto& t : *list) {
      bool meant = base_of(*t) == name;
      for (auto& [loop, number] : items_around(w, t->where))
        for (auto& [own, item] : around)
          meant = meant
                  && (base_of(*own) != base_of(*loop)
                      || (own == loop && item == number));
      // SKIPPED rows count as the oldest.
      if (meant && (!latest || t->status != "SKIPPED"))
        latest = t.get();
    }
  return latest;
}

/// The item of that loop over a list that `from` belongs to; 0: none.
int item_of(const execution& w, const row& loop, const position& from) {
  auto& items = at(loop.input, "_items");
  for (auto& [own, item] : loops_around(w, from))
    if (own == &loop && items.is_array() && size_t(item) <= items.size())
      return item;
  return 0;
}

json root_of(const std::string& name, const execution& w,
             const position& from) {
  if (name == "workflow")
    return {{"input", w.input},
            {"output", w.output},
            {"status", w.status},
            {"workflowId", w.id},
            {"parentWorkflowId", w.parent.empty() ? json() : json(w.parent)},
            {"workflowType", at(w.def, "name")},
            {"version", number_at(w.def, "version", 1)},
            {"variables", w.variables},
            {"correlationId",
             w.correlation.empty() ? json() : json(w.correlation)}};
  auto* latest = visible(w, name, from);
  if (!latest)
    return nullptr;
  json out{{"input", latest->input},
           {"output", model::visible_output(w, *latest)},
           {"status", latest->status},
           {"taskType", latest->type},
           {"referenceTaskName", latest->ref},
           {"retryCount", latest->retry_count},
           {"pollCount", latest->poll_count},
           {"taskDefName", latest->name},
           {"iteration", latest->iteration},
           {"taskId", latest->id},
           {"reasonForIncompletion",
            latest->reason.empty() ? json() : json(latest->reason)}};
  if (auto item = item_of(w, *latest, from); item > 0) {
    out["index"] = item - 1;
    out["item"] = at(latest->input, "_items")[size_t(item - 1)];
  }
  for (auto& [loop, number] : loops_around(w, from))
    if (loop == latest
        && (loop->type == "FOR_EACH" || !from.compensates.empty()))
      out["own"] = {number, at(latest->input, "_items")};
  return out;
}

/// `output.loopItem` and the like of a FOR_EACH around it: those of the same
/// item, although the loop's output does not show them. For a compensation
/// task, of any loop.
std::optional<json> of_own_item(const std::string& path, const json& root) {
  if (!root.contains("own"))
    return std::nullopt;
  auto number = root["own"][0].get<int>();
  auto& items = root["own"][1];
  if (path.ends_with(".output.iteration"))
    return number;
  if (path.ends_with(".output.loopIndex"))
    return items.is_array() ? json(number - 1) : json();
  if (path.ends_with(".output.loopItem"))
    return items.is_array() ? items[size_t(number - 1)] : json();
  return std::nullopt;
}

json value_of(const std::string& path, const execution& w, const row* asks) {
  if (path == "CPEWF_TASK_ID")
    return asks ? json(asks->id) : json("${CPEWF_TASK_ID}");
  std::istringstream steps(path);
  std::string step;
  std::getline(steps, step, '.');
  auto value = root_of(step, w, asks ? asks->where : position());
  if (auto own = of_own_item(path, value))
    return *own;
  while (std::getline(steps, step, '.')) {
    auto inner = at(value, step.c_str());
    value = std::move(inner);
  }
  return value;
}

} // namespace expressions_detail

using namespace expressions_detail;

std::string java_text(const json& value) {
  if (value.is_string())
    return value.get<std::string>();
  if (value.is_object()) {
    std::string out;
    for (auto& [key, x] : value.items())
      out += (out.empty() ? "" : ", ") + key + "=" + java_text(x);
    return "{" + out + "}";
  }
  if (value.is_array()) {
    std::string out;
    for (auto& x : value)
      out += (out.empty() ? "" : ", ") + java_text(x);
    return "[" + out + "]";
  }
  return value.dump();
}

json substitute(const json& text, const execution& w, const row* asks) {
  if (text.is_object() || text.is_array()) {
    auto out = text;
    for (auto& x : out)
      x = substitute(x, w, asks);
    return out;
  }
  if (!text.is_string())
    return text;
  auto in = text.get<std::string>();
  std::string out;
  while (true) {
    auto open = in.find("${");
    if (open == std::string::npos)
      return out + in;
    auto close = in.find('}', open);
    auto value = value_of(in.substr(open + 2, close - open - 2), w, asks);
    if (out.empty() && open == 0 && close + 1 == in.size())
      return value;
    out += in.substr(0, open) + java_text(value);
    in = in.substr(close + 1);
  }
}

} // namespace tutti::reference
