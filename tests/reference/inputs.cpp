#include "tests/reference/trial.hpp"

namespace tutti::reference {

namespace inputs_detail {

json input_for(const char* what, const execution& w, const row& t) {
  return {{"do", what}, {"in", w.id}, {"ref", t.ref}, {"try", t.retry_count}};
}

} // namespace inputs_detail

using namespace inputs_detail;

json trial::answer(const execution& w, const row& t) {
  auto out = input_for("update", w, t);
  json output = json::object();
  if (dice_.one_in(2))
    output["n"] = dice_.below(3);
  if (dice_.one_in(3))
    output["o"] = {{"k", dice_.below(2) ? json("deep") : json(true)}};
  out["output"] = output;
  switch (dice_.below(10)) {
    case 0:
    case 1:
      out["status"] = "FAILED";
      if (dice_.one_in(2))
        out["reason"] = "dice";
      break;
    case 2:
      out["status"] = dice_.one_in(2) ? "FAILED_WITH_TERMINAL_ERROR" : "FAILED";
      out["reason"] = "hard";
      break;
    case 3:
      out["status"] = "IN_PROGRESS";
      out["callback"] = dice_.below(3) * 5;
      break;
    default:
      out["status"] = "COMPLETED";
  }
  // An HTTP request that was answered is over, unless it is completed by
  // somebody else.
  if (!is_worker(t) && is_queued(t)) {
    bool later = flag_at(t.task, "asyncComplete") && t.status == "SCHEDULED";
    if (later && out["status"] == "COMPLETED")
      out["status"] = "IN_PROGRESS";
    else if (!later && out["status"] == "IN_PROGRESS")
      out["status"] = "COMPLETED";
    out["callback"] = 0;
  }
  return out;
}

/// Reruns from a task of an ended execution, or from its start.
json trial::rerun_from(const execution& w) {
  auto& rows = w.rows;
  if (rows.empty())
    return {{"do", "decide"}, {"in", w.id}};
  auto out = input_for("rerun from", w, *dice_.of(rows));
  if (dice_.one_in(4))
    out["input"] = {{"n", dice_.below(3)}, {"x", 1}};
  return out;
}

/// Chooses one input: usually one that a worker could give now.
json trial::choose() {
  std::vector<std::pair<const execution*, const row*>> ready, polled, waiting,
      all;
  for (auto& w : model_.executions)
    for (auto& t : w->rows) {
      all.emplace_back(w.get(), t.get());
      if (is_queued(*t) && t->status == "SCHEDULED"
          && t->visible_at <= model_.now)
        ready.emplace_back(w.get(), t.get());
      if (is_queued(*t) && t->status == "IN_PROGRESS")
        polled.emplace_back(w.get(), t.get());
      if (is_open(*t) && (t->type == "HUMAN" || t->type == "WAIT"))
        waiting.emplace_back(w.get(), t.get());
    }
  auto& family = model_.executions;
  json quiet{{"do", "advance"}, {"ms", 1000 * (1 + dice_.below(4))}};
  if (family.empty())
    return quiet;
  auto& w = *dice_.of(family);
  json any{{"in", w.id}};
  auto pick = [&](auto& list, const char* what) {
    auto& [in, t] = dice_.of(list);
    return input_for(what, *in, *t);
  };
  switch (dice_.below(25)) {
    case 0:
    case 1:
      return quiet;
    case 2:
      return {{"do", "advance"}, {"ms", 1000 * (5 + dice_.below(30))}};
    case 3:
      any["do"] = "pause";
      return any;
    case 4:
    case 5:
      any["do"] = "resume";
      return any;
    case 6:
      any["do"] = dice_.one_in(3) ? "terminate" : "decide";
      if (operators && is_terminal(w))
        any["do"] = dice_.one_in(3) ? "resume children" : "retry";
      return any;
    case 7:
      any["do"] = dice_.one_in(2) ? "reset" : "push";
      if (operators && dice_.one_in(2)) {
        any["do"] = dice_.of<std::string>({"skip", "restart", "rerun"});
        if (any["do"] == "skip")
          any["task"] = "r" + std::to_string(dice_.below(6));
        if (any["do"] == "rerun" && dice_.one_in(3))
          any["input"] = {{"k", "1"}, {"n", 2}};
      }
      return any;
    case 8:
      return operators && reruns_from_tasks ? rerun_from(w) : quiet;
    case 9:
      if (!all.empty() && dice_.one_in(3)) { // late, doubled or unpolled
        auto& [in, t] = dice_.of(all);
        if (is_worker(*t))
          return answer(*in, *t);
      }
      return polled.empty() ? quiet : pick(polled, "lease");
    case 10:
    case 11:
      if (!waiting.empty()) {
        auto& [in, t] = dice_.of(waiting);
        return answer(*in, *t);
      }
      [[fallthrough]];
    case 12:
    case 13:
    case 14:
    case 15:
    case 16:
    case 17:
      if (!polled.empty()) {
        auto& [in, t] = dice_.of(polled);
        return answer(*in, *t);
      }
      [[fallthrough]];
    default:
      if (ready.empty())
        return quiet;
      auto& [in, t] = dice_.of(ready);
      if (is_worker(*t))
        return input_for("poll", *in, *t);
      auto served = answer(*in, *t);
      served["do"] = "serve";
      return served;
  }
}

} // namespace tutti::reference
