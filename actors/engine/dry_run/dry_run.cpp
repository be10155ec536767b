#include "actors/engine/dry_run/dry_run.hpp"

#include "actors/engine/dry_run/ids.hpp"
#include "actors/engine/dry_run/mocks.hpp"
#include "actors/engine/task_kind.hpp"
#include "actors/engine/views/rendering.hpp"
#include "messages/model/codec.hpp"
#include "messages/model/json_writer.hpp"

#include <algorithm>
#include <unordered_map>

namespace tutti::engine::dry_run {

namespace dry_run_detail {

/// Every name that a task may be sent to is one that is served.
struct all_domains final : domain_activity {
  bool active(std::string_view, std::string_view) const override {
    return true;
  }
};

/// One execution of the family: the root, or a child of a SUB_WORKFLOW task.
struct member {
  mock_book mocks;
  std::string path; ///< "sub/" for a child of `sub`
};

/// A planned step of one task.
struct step {
  enum class kind : uint8_t { hand_out, update };
  int64_t at = 0;
  uint64_t order = 0;
  kind what = kind::update;
  std::string workflow_id, task_id;
  task_mock mock;

  bool operator<(const step& other) const {
    return std::tie(at, order) < std::tie(other.at, other.order);
  }
};

class run {
 public:
  run(const workflow_test_request& request, const dry_run_ports& given,
      limits rules, const dry_run_bounds& bounds, int64_t now, uint64_t seed)
      : request_(request), bounds_(bounds), rules_(rules), ids_(seed),
        node_({ids_, given.definitions, domains_, given.env, given.scripts,
               &sinks_},
              rules_, now),
        began_at_(now), moments_(bounds.timeline_max) {
    node_.bounds.executions = bounds.executions_max;
    node_.bounds.decisions = bounds.decisions_max;
    node_.bounds.rows = bounds.rows_max;
    node_.bounds.bytes = bounds.bytes_max;
    node_.bounds.stop = bounds.stop;
    node_.on_decision
        = [this](const std::string& id, const decision& d) { note(id, d); };
    node_.begins = [this](start_other& what) { return begins(what); };
  }

  result<dry_run_report> go() {
    root_ = ids_.workflow_id();
    join_family(root_, std::make_shared<workflow_test_request>(request_), {});
    auto begun = node_.start(request_.start, root_);
    if (!begun)
      return node_.stopped().empty() ? begun.failure() : stopped();
    while (next()) {
      if (!node_.stopped().empty())
        return stopped();
      if (!trouble_.empty())
        return failure{errc::invalid, named() + trouble_};
    }
    if (!node_.stopped().empty())
      return stopped();
    if (!trouble_.empty())
      return failure{errc::invalid, named() + trouble_};
    return report();
  }

 private:
  // The family

  void join_family(const std::string& id,
                   std::shared_ptr<const workflow_test_request> request,
                   std::string path) {
    family_.emplace(id, member{mock_book(std::move(request)), std::move(path)});
  }

  /// False: the child does not start, because its task has mocks, or is a
  /// START_WORKFLOW.
  bool begins(start_other& what) {
    auto parent = family_.find(what.parent_workflow_id);
    auto* owner = node_.find(what.parent_workflow_id);
    if (parent == family_.end() || !owner || what.parent_task_id.empty())
      return true;
    auto* row = owner->find(what.parent_task_id);
    if (!row)
      return true;
    if (traits_of(*row).awaits != awaited::child)
      return false;
    auto& [mocks, path] = parent->second;
    auto child = mocks.child(*row);
    if (!child && mocks.knows(*row))
      return false;
    if (child && child->start.definition)
      what.definition = child->start.definition;
    real_children_.insert(row->task_id);
    forget(row->task_id);
    join_family(what.workflow_id,
                child ? child : std::make_shared<workflow_test_request>(),
                path + row->reference_name + "/");
    return true;
  }

  // Progress

  void note(const std::string& id, const decision& d) {
    auto* execution = node_.find(id);
    moments_.note(node_.now, *execution, d);
    cover(*execution);
    for (auto& e : d.events)
      if (auto* added = std::get_if<task_added>(&e))
        cover(*execution).made(*added->row);
    auto member = family_.find(id);
    for (auto& e : d.events) {
      const std::string* changed = nullptr;
      if (auto* added = std::get_if<task_added>(&e))
        changed = &added->row->task_id;
      else if (auto* change = event_as<task_changed>(e))
        changed = &change->task_id;
      else if (auto* gone = std::get_if<tasks_removed>(&e))
        for (auto& task_id : gone->task_ids)
          forget(task_id);
      if (!changed)
        continue;
      auto* row = execution->find(*changed);
      if (!row)
        continue;
      if (auto* change = event_as<task_changed>(e);
          change && change->status && is_terminal(*change->status))
        cover(*execution).ended(*row);
      else if (auto* added = std::get_if<task_added>(&e);
               added && is_terminal(added->row->status))
        cover(*execution).ended(*row);
      if (member != family_.end())
        touched_.insert({id, *changed});
    }
  }

  coverage& cover(const state& execution) {
    auto& definition = *execution.head().definition;
    auto name = definition.name + "." + std::to_string(definition.version);
    for (auto& [known, what] : covered_)
      if (known == name)
        return what;
    covered_.emplace_back(std::move(name), coverage(definition));
    return covered_.back().second;
  }

  bool needs_mock(const state& execution, const task& row) const {
    if (is_terminal(execution.head().status) || is_terminal(row.status)
        || real_children_.contains(row.task_id))
      return false;
    auto& mocks = family_.at(execution.head().workflow_id).mocks;
    return kind_of(row).needs_mock(row, mocks.knows(row));
  }

  void forget(const std::string& task_id) {
    planned_.erase(task_id);
    stuck_.erase(task_id);
  }

  /// Plans the next step of each task that the last decisions touched.
  void plan() {
    for (auto& [id, task_id] : std::exchange(touched_, {})) {
      auto* execution = node_.find(id);
      auto* row = execution ? execution->find(task_id) : nullptr;
      if (!row || !needs_mock(*execution, *row)) {
        forget(task_id);
        continue;
      }
      if (planned_.contains(task_id))
        continue;
      auto mock = family_.at(id).mocks.take(*row);
      if (!mock) {
        stuck_[task_id] = id;
        continue;
      }
      stuck_.erase(task_id);
      step x;
      x.at = std::max(node_.now, row->queued_at) + mock->queue_wait_time_ms;
      x.what = row->queued_at != 0 ? step::kind::hand_out : step::kind::update;
      if (x.what == step::kind::update)
        x.at += mock->execution_time_ms;
      x.workflow_id = id;
      x.task_id = task_id;
      x.mock = std::move(*mock);
      push(std::move(x));
    }
  }

  void push(step x) {
    x.order = ++order_;
    planned_[x.task_id] = x.order;
    agenda_.insert(std::move(x));
  }

  /// Performs the next step; false when there is none.
  bool next() {
    plan();
    auto* root = node_.find(root_);
    if (!root || is_terminal(root->head().status))
      return false;
    while (!agenda_.empty()) {
      // Skip steps that `forget` or a newer step replaced.
      auto known = planned_.find(agenda_.begin()->task_id);
      if (known != planned_.end() && known->second == agenda_.begin()->order)
        break;
      agenda_.erase(agenda_.begin());
    }
    auto deadline = node_.next_deadline();
    bool by_plan = !agenda_.empty()
                   && (deadline == 0 || agenda_.begin()->at <= deadline
                       || agenda_.begin()->at <= node_.now);
    auto at = by_plan ? agenda_.begin()->at : deadline;
    if (!by_plan && deadline == 0)
      return false;
    if (at > node_.now && !stuck_.empty())
      return false;
    if (at - began_at_ > bounds_.virtual_ms_max) {
      trouble_ = "it would go on for more than "
                 + std::to_string(bounds_.virtual_ms_max / 86'400'000)
                 + " days of its own time";
      return false;
    }
    if (!by_plan)
      return node_.fire_next(at);
    node_.now = std::max(node_.now, at);
    perform(std::move(agenda_.extract(agenda_.begin()).value()));
    return true;
  }

  void perform(step x) {
    if (x.what == step::kind::hand_out) {
      auto given
          = node_.tell(x.workflow_id, command::hand_out{x.task_id, "dry run"});
      auto* execution = node_.find(x.workflow_id);
      auto* row = execution ? execution->find(x.task_id) : nullptr;
      if (!row || is_terminal(row->status))
        return forget(x.task_id);
      x.at = given.effective ? node_.now + x.mock.execution_time_ms
                             : std::max(row->queued_at, node_.now + 1);
      if (given.effective)
        x.what = step::kind::update;
      return push(std::move(x));
    }
    forget(x.task_id);
    task_result result;
    result.workflow_id = x.workflow_id;
    result.task_id = x.task_id;
    result.status = x.mock.status;
    result.output = x.mock.output;
    result.reason = x.mock.reason;
    result.callback_after_seconds = x.mock.callback_after_seconds;
    result.worker_id = "dry run";
    auto told
        = node_.tell(x.workflow_id, command::update_task{std::move(result)});
    // A task that stays open needs its next mock, even if nothing changed.
    touched_.insert({x.workflow_id, x.task_id});
    if (told.refused && node_.stopped().empty())
      trouble_ = told.refused->message;
  }

  // The end

  std::string named() const {
    auto& start = request_.start;
    return "the dry run of workflow '"
           + (start.name.empty() && start.definition ? start.definition->name
                                                     : start.name)
           + "' was stopped: ";
  }

  failure stopped() const {
    return {errc::invalid,
            named() + node_.stopped() + "; is there a loop without an end?"};
  }

  dry_run_report report() {
    auto& root = *node_.find(root_);
    dry_run_report out;
    out.workflow_id = root_;
    out.status = root.head().status;
    out.execution = render_execution(root, true);
    if (!is_terminal(out.status))
      for (auto& [task_id, id] : stuck_)
        out.waiting_for.push_back(
            family_.at(id).path
            + node_.find(id)->find(task_id)->reference_name);
    std::ranges::sort(out.waiting_for);
    for (auto& [id, who] : family_)
      for (auto& [name, count] : who.mocks.unused())
        out.unused_mocks[who.path + name] += count;
    out.covered = std::move(covered_);
    out.what_happened = std::move(moments_);
    out.began_at = began_at_;
    out.took_ms = node_.now - began_at_;
    return out;
  }

  const workflow_test_request& request_;
  const dry_run_bounds& bounds_;
  limits rules_;
  seeded_ids ids_;
  all_domains domains_;
  event_sinks sinks_{.dry_run = true};
  virtual_node node_;
  int64_t began_at_;
  std::string root_;
  std::map<std::string, member> family_;
  std::set<std::string> real_children_; ///< their task ids
  std::set<std::pair<std::string, std::string>> touched_;
  std::set<step> agenda_;
  std::unordered_map<std::string, uint64_t> planned_; ///< task -> its step
  std::map<std::string, std::string>
      stuck_; ///< task -> execution: no mock is left
  uint64_t order_ = 0;
  std::vector<std::pair<std::string, coverage>> covered_;
  timeline moments_;
  std::string trouble_;
};

} // namespace dry_run_detail

result<dry_run_report> dry_run(const workflow_test_request& request,
                               const dry_run_ports& ports, limits rules,
                               const dry_run_bounds& bounds, int64_t now,
                               uint64_t seed) {
  // The dry run's own bound must be reached first: it ends the run with a
  // sentence, instead of failing the execution.
  rules.tasks_max = std::max(rules.tasks_max, bounds.rows_max + 1);
  return dry_run_detail::run(request, ports, rules, bounds, now, seed).go();
}

void write(std::string& out, const dry_run_report& x) {
  json_object_writer json(out);
  json.raw("execution", x.execution);
  auto& waiting = json.key("waitingFor");
  waiting += '[';
  for (auto& name : x.waiting_for) {
    if (waiting.back() != '[')
      waiting += ',';
    write_string(waiting, name);
  }
  waiting += ']';
  auto& unused = json.key("unusedMocks");
  unused += '{';
  for (auto& [name, count] : x.unused_mocks) {
    if (unused.back() != '{')
      unused += ',';
    write_string(unused, name);
    unused += ':' + std::to_string(count);
  }
  unused += '}';
  json.number("virtualMs", x.took_ms);
  for (size_t i = 0; i < x.covered.size(); ++i) {
    auto& [name, covered] = x.covered[i];
    if (i == 0) {
      write(json.key("coverage"), covered);
      json.key("subWorkflowCoverage") += '{';
      continue;
    }
    if (i > 1)
      out += ',';
    write_string(out, name);
    out += ':';
    write(out, covered);
  }
  if (!x.covered.empty())
    out += '}';
  json.boolean("timelineCut", x.what_happened.cut());
  write(json.key("timeline"), x.what_happened, x.began_at);
  json.close();
}

} // namespace tutti::engine::dry_run
