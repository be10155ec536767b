#include "tests/reference/trial.hpp"

#include <iostream>

namespace tutti::reference {

namespace trial_detail {

constexpr int64_t birth = 1'700'000'000'000;

json address(const char* what, const execution& w, const row* t = nullptr) {
  json out{{"do", what}, {"in", w.id}};
  if (t) {
    out["ref"] = t->ref;
    out["try"] = t->retry_count;
  }
  return out;
}

} // namespace trial_detail

using namespace trial_detail;

trial::trial(const json& plan, uint64_t seed, engine::script_runner& scripts)
    : plan_(plan), engine_(seed, scripts, birth), dice_(seed * 7919 + 17) {
  model_.now = birth;
}

std::string trial::begin() {
  for (auto& [text, tree] : plan_["scripts"].items())
    model_.programs.learn(text, tree);
  for (auto& def : plan_["tasks"]) {
    if (auto why = engine_.define_task(def); !why.empty())
      return "task definition refused: " + why;
    model_.define_task(def);
  }
  for (auto& def : plan_["workflows"]) {
    if (auto why = engine_.define_workflow(def); !why.empty())
      return "workflow definition refused: " + why;
    model_.define_workflow(def);
  }
  auto name = plan_["start"].get<std::string>();
  auto theirs = engine_.start(name, plan_["input"]);
  auto ours = model_.start(name, plan_["input"]);
  if (theirs.empty() != ours.empty())
    return ours.empty() ? "the model refuses the start, the engine does not"
                        : "the engine refuses the start, the model does not";
  if (!ours.empty())
    compare_.same(ours, theirs);
  if (print)
    std::cout << picture();
  return compare_.differs(model_, engine_);
}

std::string trial::play() {
  auto trouble = begin();
  for (uint64_t i = 0, n = 5 + dice_.below(40); trouble.empty() && i < n; ++i) {
    bool over = true;
    for (auto& w : model_.executions)
      over = over && is_terminal(*w);
    if (over && dice_.one_in(2))
      break;
    trouble = act(choose());
  }
  return trouble.empty() ? finish() : trouble;
}

std::string trial::replay(const json& inputs) {
  auto trouble = begin();
  for (auto& input : inputs)
    if (trouble.empty())
      trouble = act(input);
  return trouble.empty() ? finish() : trouble;
}

row* trial::row_of(const json& input, execution& w) const {
  for (auto& t : w.rows)
    if (input.contains("ref") && t->ref == input["ref"].get<std::string>()
        && t->retry_count == input["try"].get<int>())
      return t.get();
  return nullptr;
}

std::string trial::act(const json& input) {
  inputs_.push_back(input);
  if (print)
    std::cout << "> " << input.dump() << "\n";
  if (input["do"] == "advance") {
    fire(model_.now + input["ms"].get<int64_t>());
  } else if (auto* w = model_.find(input["in"].get<std::string>())) {
    auto* t = row_of(input, *w);
    bool done = t && input["do"] == "rerun from" ? rerun_acts(input, *w, *t)
                : t                              ? worker_acts(input, *w, *t)
                                                 : operator_acts(input, *w);
    if (!done)
      inputs_.erase(inputs_.end() - 1);
  }
  fire(model_.now);
  if (print)
    std::cout << picture();
  return broken_.empty() ? compare_.differs(model_, engine_) : broken_;
}

void trial::tell(const execution& w, const workflow_command& what) {
  engine_.world.tell(compare_.engine_id(w.id), what);
}

/// Fires instant after instant, executions in the order of their creation.
void trial::fire(int64_t until) {
  while (broken_.empty()) {
    auto next = model_.next_instant();
    auto theirs = engine_.world.next_deadline();
    if (theirs != 0 && (next == 0 || theirs < next))
      next = std::max(theirs, model_.now);
    if (next == 0 || next > until)
      break;
    model_.now = engine_.world.now = next;
    // By index, because the list grows.
    for (size_t i = 0; i < model_.executions.size() && broken_.empty(); ++i) {
      auto& w = *model_.executions[i];
      auto id = compare_.engine_id(w.id);
      if (id.empty())
        break;
      bool due = engine_.at(id).next_deadline() != 0
                 && engine_.at(id).next_deadline() <= next;
      if (due)
        tell(w, command::timer_fired{});
      model_.tick(w);
      if (due && engine_.at(id).next_deadline() == next)
        broken_ = w.id + ": a deadline fired and stayed";
    }
    if (broken_.empty())
      broken_ = compare_.differs(model_, engine_);
  }
  model_.now = engine_.world.now = std::max(until, model_.now);
}

bool trial::worker_acts(const json& input, execution& w, row& t) {
  auto what = input["do"].get<std::string>();
  auto id = compare_.engine_id(t.id);
  ++w.version;
  if (what == "poll") {
    if (!is_queued(t) || t.status != "SCHEDULED" || t.visible_at > model_.now)
      return false;
    tell(w, command::hand_out{id, "worker"});
    model_.hand_out(t);
    return true;
  }
  if (what == "serve") {
    if (t.status != "SCHEDULED" || t.visible_at > model_.now)
      return false;
    tell(w, command::hand_out{id, "worker"});
    model_.hand_out(t);
  }
  task_result result;
  result.workflow_id = compare_.engine_id(w.id);
  result.task_id = id;
  if (what == "lease") {
    result.extend_lease = true;
    tell(w, command::update_task{result});
    model_.extend_lease(t);
    return true;
  }
  auto status = input["status"].get<std::string>();
  result.status = from_text<task_status>(status);
  result.output = payload(input["output"]);
  result.reason = input.value("reason", "");
  result.callback_after_seconds = input.value("callback", 0);
  tell(w, command::update_task{result});
  model_.update(t, status, input["output"], result.reason,
                result.callback_after_seconds);
  return true;
}

bool trial::rerun_acts(const json& input, execution& w, row& t) {
  command::rerun again;
  again.request.from_task_id = compare_.engine_id(t.id);
  std::optional<json> given;
  if (input.contains("input"))
    given = input["input"];
  if (given)
    again.request.task_input = payload(*given);
  tell(w, again);
  model_.rerun_from(w, std::string(t.id), given);
  return true;
}

bool trial::operator_acts(const json& input, execution& w) {
  auto what = input["do"].get<std::string>();
  if (what == "pause") {
    tell(w, command::pause{});
    model_.pause(w);
  } else if (what == "resume") {
    tell(w, command::resume{});
    model_.resume(w);
  } else if (what == "terminate") {
    tell(w, command::terminate{"enough"});
    model_.terminate(w, "enough");
  } else if (what == "decide") {
    tell(w, command::decide{});
    model_.tick(w);
  } else if (what == "retry" || what == "resume children") {
    tell(w, command::retry{what != "retry"});
    model_.retry(w, what != "retry");
  } else if (what == "restart") {
    tell(w, command::restart{});
    model_.restart(w);
  } else if (what == "rerun") {
    command::rerun again;
    std::optional<json> given;
    if (input.contains("input"))
      given = input["input"];
    if (given)
      again.request.workflow_input = payload(*given);
    tell(w, again);
    model_.rerun_all(w, given);
  } else if (what == "skip") {
    auto ref = input["task"].get<std::string>();
    tell(w, command::skip_task{ref, {}});
    model_.skip(w, ref);
  } else if (what == "push") {
    tell(w, command::push_message{payload(json{{"m", 1}})});
    model_.push_message(w, {{"m", 1}});
  } else if (what == "reset") {
    tell(w, command::reset_callbacks{});
    model_.reset_callbacks(w);
  } else {
    return false;
  }
  return true;
}

std::string trial::picture() const {
  std::string out;
  for (auto& w : model_.executions)
    out += w->id + " " + w->def["name"].get<std::string>() + "\n"
           + side_by_side(*w, engine_.world.find(compare_.engine_id(w->id)));
  return out;
}

/// Answers everything and lets time pass until nothing more can happen.
std::string trial::finish() {
  for (int i = 0; i < 2000; ++i) {
    if (auto input = next_answer()) {
      if (auto trouble = act(*input); !trouble.empty())
        return trouble;
      continue;
    }
    if (auto what = engine_.not_replayable(); !what.empty())
      return what;
    return stuck();
  }
  return "it goes on for ever";
}

std::optional<json> trial::next_answer() {
  int64_t visible = 0;
  for (auto& w : model_.executions) {
    if (w->status == "PAUSED")
      return address("resume", *w);
    for (auto& t : w->rows) {
      if (!is_queued(*t) || !is_open(*t))
        continue;
      if (t->status == "IN_PROGRESS") {
        auto input = address("update", *w, t.get());
        input["status"] = "COMPLETED";
        input["output"] = {{"n", 1}};
        return input;
      }
      if (t->visible_at <= model_.now && is_worker(*t))
        return address("poll", *w, t.get());
      if (t->visible_at <= model_.now) {
        auto input = address("serve", *w, t.get());
        input["status"] = "COMPLETED";
        input["output"] = {{"n", 1}};
        return input;
      }
      if (visible == 0 || t->visible_at < visible)
        visible = t->visible_at;
    }
  }
  auto next = model_.next_instant();
  if (visible != 0 && (next == 0 || visible < next))
    next = visible;
  if (next == 0)
    return std::nullopt;
  return json{{"do", "advance"}, {"ms", next - model_.now}};
}

/// Every open execution needs a row that explains why.
std::string trial::stuck() const {
  for (auto& w : model_.executions) {
    if (is_terminal(*w))
      continue;
    bool waits = false;
    for (auto& t : w->rows)
      waits
          = waits
            || (is_open(*t)
                && (t->type == "HUMAN" || t->type == "WAIT" || t->type == "JOIN"
                    || t->type == "EXCLUSIVE_JOIN" || t->type == "EVENT"
                    || t->type == "PULL_WORKFLOW_MESSAGES"
                    || (t->type == "SUB_WORKFLOW" && !t->child.empty()
                        && !is_terminal(*model_.find(t->child)))));
    if (!waits)
      return w->id + " is " + w->status + " and nothing can move it";
  }
  return "";
}

} // namespace tutti::reference
