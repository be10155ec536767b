#include "actors/engine/state.hpp"

#include "actors/engine/compiled_definition.hpp"
#include "actors/engine/deadlines.hpp"
#include "actors/engine/loop_output.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace tutti::engine {

/// The references an open JOIN waits for, and how many of them are not done.
struct state::join_watch {
  std::vector<std::string> references;
  size_t missing = 0;
  /// Any of them may be enough.
  bool exclusive = false;
};

namespace state_detail {

template <class T>
void set(T& field, const std::optional<T>& value) {
  if (value)
    field = *value;
}

std::vector<std::string> joined_references(const task& join,
                                           const char* key = "joinOn") {
  std::vector<std::string> out;
  auto& input = join.input.json();
  auto it = input.is_object() ? input.find(key) : input.end();
  if (it != input.end() && it->is_array())
    for (auto& x : *it)
      if (x.is_string())
        out.push_back(x.get<std::string>());
  return out;
}

bool has_suffix(const task& row) {
  return row.reference_name.size() > base_of(row).size();
}

bool is_dynamic_fork(const task& row) {
  return row.task_type == "FORK" && row.definition
         && row.definition->type == "FORK_JOIN_DYNAMIC";
}

} // namespace state_detail

state::state() = default;
state::~state() = default;
state::state(state&&) noexcept = default;
state& state::operator=(state&&) noexcept = default;

std::string queue_name(const task& row) {
  std::string out;
  out.reserve(row.domain.size() + 1 + row.task_type.size());
  if (!row.domain.empty())
    out.append(row.domain).append(":");
  out.append(row.task_type);
  if (!row.execution_name_space.empty())
    out.append("@").append(row.execution_name_space);
  if (!row.isolation_group_id.empty())
    out.append("-").append(row.isolation_group_id);
  return out;
}

bool completes_later(const task& row) {
  auto& type = row.task_type;
  if (type == "HTTP" || type == "EVENT" || type == "KAFKA_PUBLISH") {
    auto& input = row.input.json();
    if (input.is_object())
      if (auto it = input.find("asyncComplete");
          it != input.end() && it->is_boolean())
        return it->get<bool>();
    return row.definition->async_complete;
  }
  return row.definition->async_complete && row.definition->type != "SIMPLE";
}

void state::apply(const event& e) {
  std::visit([this](auto& x) { on(x); }, e);
}

void state::apply(const revision& r) {
  for (auto& e : r.events)
    apply(e);
  revision_ = r.number;
  settle();
}

void state::settle() {
  if (!rows_.is_sparse())
    return;
  rows_.compact();
  rebuild();
}

// Looking things up

const task* state::find(std::string_view task_id) const {
  auto it = by_id_.find(std::string(task_id));
  return it == by_id_.end() ? nullptr : &rows_[it->second];
}

state::row_index state::index_of(const task& row) const {
  auto it = by_id_.find(row.task_id);
  return it == by_id_.end() ? no_row : it->second;
}

const std::vector<state::row_index>*
state::rows_of(std::string_view reference) const {
  auto it = by_reference_.find(std::string(reference));
  return it == by_reference_.end() ? nullptr : &it->second;
}

state::row_index state::latest_index(std::string_view reference) const {
  auto* rows = rows_of(reference);
  return rows ? rows->back() : no_row;
}

const task* state::latest(std::string_view reference) const {
  auto i = latest_index(reference);
  return i == no_row ? nullptr : &rows_[i];
}

std::vector<std::string> state::references() const {
  std::vector<std::string> out;
  for (auto& [base, rows] : by_base_)
    out.push_back(base);
  for (auto& [reference, rows] : by_reference_)
    if (!state_detail::has_suffix(rows_[rows.back()]))
      out.push_back(reference);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

state::row_index state::first_open(std::string_view base) const {
  auto it = open_by_base_.find(std::string(base));
  return it == open_by_base_.end() ? no_row : *it->second.begin();
}

std::vector<const task*> state::rows_in_order() const {
  std::vector<const task*> out;
  out.reserve(rows_.count());
  for (auto& row : rows_)
    out.push_back(&row);
  std::stable_sort(out.begin(), out.end(),
                   [](auto* a, auto* b) { return a->seq < b->seq; });
  return out;
}

std::vector<state::row_index> state::due(int64_t now) const {
  std::vector<row_index> out;
  for (auto it = deadlines_.begin(); it != deadlines_.end() && it->first <= now;
       ++it)
    out.push_back(it->second);
  std::sort(out.begin(), out.end());
  return out;
}

int64_t state::next_deadline() const {
  if (!exists() || is_terminal(head_.status))
    return 0;
  if (has_pending_work())
    return std::max<int64_t>(1, head_.create_time);
  int64_t next = 0;
  auto& def = *head_.definition;
  if (def.timeout_seconds > 0
      && def.timeout_policy == workflow_timeout_policy::time_out_wf) {
    auto since = head_.last_retried_time > 0 ? head_.last_retried_time
                                             : head_.create_time;
    next = since + def.timeout_seconds * 1000;
  }
  // A paused execution looks at its tasks again when it is resumed.
  if (head_.status == workflow_status::running
      && head_.slot != slot_state::waiting && !deadlines_.empty()) {
    auto row = deadlines_.begin()->first;
    next = next == 0 ? row : std::min(next, row);
  }
  return next;
}

bool state::shows_more(const task& row) const {
  if (row.task_type == "JOIN")
    return !is_terminal(row.status);
  return is_loop(row) && row.status != task_status::completed;
}

payload state::visible_output(const task& row) const {
  if (!shows_more(row))
    return row.output;
  if (is_loop(row))
    return loop_output(*this, row);
  auto out = nlohmann::json::object();
  for (auto& reference : state_detail::joined_references(row))
    if (auto* joined = latest(reference))
      if (auto shown = visible_output(*joined); !shown.is_empty_object())
        out[reference] = shown.json();
  return payload(std::move(out));
}

// Joins

size_t state::missing(row_index join) const {
  auto it = joins_.find(join);
  return it == joins_.end() ? 0 : it->second->missing;
}

std::vector<state::row_index> state::take_ready_joins() {
  std::vector<row_index> out;
  for (auto i : std::exchange(ready_joins_, {}))
    if (is_ready(i))
      out.push_back(i);
  return out;
}

bool state::is_ready(row_index join) const {
  auto it = joins_.find(join);
  if (it == joins_.end())
    return false;
  return it->second->exclusive ? exclusive_result(join) != no_row
                               : it->second->missing == 0;
}

// engine.md §4.9: the first named row there is, if it has ended; else the
// first default one.
state::row_index state::exclusive_result(row_index join) const {
  for (auto key : {"joinOn", "defaultExclusiveJoinTask"})
    for (auto& name : state_detail::joined_references(rows_[join], key)) {
      auto i = latest_index(name);
      if (i == no_row || rows_[i].status == task_status::skipped)
        continue;
      if (is_done(name))
        return i;
      break;
    }
  return no_row;
}

bool state::is_done(std::string_view reference) const {
  auto* row = latest(reference);
  return row && is_terminal(row->status);
}

void state::watch(row_index join) {
  auto watch = std::make_unique<join_watch>();
  watch->references = state_detail::joined_references(rows_[join]);
  watch->exclusive = rows_[join].task_type == "EXCLUSIVE_JOIN";
  if (watch->exclusive)
    for (auto& name : state_detail::joined_references(
             rows_[join], "defaultExclusiveJoinTask"))
      watch->references.push_back(std::move(name));
  for (auto& reference : watch->references) {
    joins_by_reference_[reference].push_back(join);
    watch->missing += is_done(reference) ? 0 : 1;
  }
  if (watch->missing == 0 || watch->exclusive)
    ready_joins_.insert(join);
  joins_[join] = std::move(watch);
}

void state::unwatch(row_index join) {
  auto it = joins_.find(join);
  if (it == joins_.end())
    return;
  for (auto& reference : it->second->references) {
    auto by = joins_by_reference_.find(reference);
    if (by == joins_by_reference_.end())
      continue;
    std::erase(by->second, join);
    if (by->second.empty())
      joins_by_reference_.erase(by);
  }
  joins_.erase(it);
  ready_joins_.erase(join);
}

// Applying

void state::on(const workflow_created& e) {
  if (exists())
    *this = state{};
  head_ = *e.head;
  set_definition(head_.definition);
}

void state::set_definition(workflow_def_pointer definition) {
  head_.definition = std::move(definition);
  compiled_ = compiled_definition::of(head_.definition);
}

void state::on(const workflow_changed& e) {
  using state_detail::set;
  set(head_.status, e.status);
  if (e.previous_status)
    head_.previous_status = e.previous_status;
  set(head_.create_time, e.create_time);
  set(head_.update_time, e.update_time);
  set(head_.end_time, e.end_time);
  set(head_.last_retried_time, e.last_retried_time);
  set(head_.input, e.input);
  set(head_.output, e.output);
  set(head_.variables, e.variables);
  set(head_.external_output_path, e.external_output_path);
  set(head_.correlation_id, e.correlation_id);
  set(head_.reason, e.reason);
  set(head_.failed_task_id, e.failed_task_id);
  set(head_.rerun_from_workflow_id, e.rerun_from_workflow_id);
  set(head_.failed_reference_names, e.failed_reference_names);
  set(head_.failed_task_names, e.failed_task_names);
  set(head_.rate_limit_key, e.rate_limit_key);
  set(head_.slot, e.slot);
  set(head_.slot_round, e.slot_round);
  set(head_.followers, e.followers);
  if (e.definition)
    set_definition(*e.definition);
}

void state::on(const task_added& e) {
  auto i = row_index(rows_.size());
  bool was_done = is_done(e.row->reference_name);
  rows_.add(e.row);
  index(i);
  refresh(i, was_done);
}

void state::on(const task_changed& e) {
  using state_detail::set;
  auto found = by_id_.find(e.task_id);
  if (found == by_id_.end())
    return;
  auto& row = rows_.edit(found->second);
  bool was_done = is_done(row.reference_name);
  bool was_open = !is_terminal(row.status);
  set(row.status, e.status);
  set(row.input, e.input);
  set(row.output, e.output);
  set(row.external_output_path, e.external_output_path);
  set(row.scheduled_time, e.scheduled_time);
  set(row.start_time, e.start_time);
  set(row.end_time, e.end_time);
  set(row.update_time, e.update_time);
  set(row.first_start_time, e.first_start_time);
  set(row.first_scheduled_time, e.first_scheduled_time);
  set(row.retry_count, e.retry_count);
  set(row.poll_count, e.poll_count);
  set(row.iteration, e.iteration);
  set(row.retried, e.retried);
  set(row.executed, e.executed);
  set(row.subworkflow_changed, e.subworkflow_changed);
  set(row.callback_after_seconds, e.callback_after_seconds);
  set(row.start_delay_seconds, e.start_delay_seconds);
  set(row.worker_id, e.worker_id);
  set(row.reason, e.reason);
  set(row.sub_workflow_id, e.sub_workflow_id);
  set(row.domain, e.domain);
  set(row.queued_at, e.queued_at);
  set(row.due_at, e.due_at);
  if (was_open)
    --open_;
  if (!is_terminal(row.status))
    ++open_;
  if (e.input && joins_.count(found->second) > 0)
    unwatch(found->second); // it waits for others now
  refresh(found->second, was_done);
}

void state::on(const tasks_removed& e) {
  bool lost_last = false;
  for (auto& id : e.task_ids)
    if (auto it = by_id_.find(id); it != by_id_.end()) {
      lost_last |= rows_[it->second].seq == last_seq_;
      remove(it->second);
    }
  if (!lost_last)
    return;
  last_seq_ = 0;
  for (auto& row : rows_)
    last_seq_ = std::max(last_seq_, row.seq);
}

// Costs what goes: a loop that keeps its last iterations only removes some
// rows at every step.
void state::remove(row_index i) {
  auto kept = rows_.share(i);
  auto& row = *kept;
  bool was_done = is_done(row.reference_name);
  if (joins_.count(i) > 0)
    unwatch(i);
  if (!is_terminal(row.status))
    --open_;
  unconsumed_.erase(i);
  ready_loops_.erase(i);
  message_waits_.erase(i);
  find_by_reference(i, false);
  loops_.remove(i, row);
  count_pass(row, -1);
  if (auto loop = by_id_.find(row.parent_task_id); loop != by_id_.end())
    ready_loops_.insert(loop->second);
  if (deadline_of_row_[i] != 0)
    deadlines_.erase({std::exchange(deadline_of_row_[i], 0), i});
  if (state_detail::is_dynamic_fork(row))
    dynamic_forks_.erase(row.seq);
  by_id_.erase(row.task_id);
  auto same = by_reference_.find(row.reference_name);
  std::erase(same->second, i);
  if (same->second.empty())
    by_reference_.erase(same);
  forget_brought(row);
  rows_.remove(i);
  // Others of the same base may be many: what is asked for is the last one.
  if (auto base = by_base_.find(base_of(row)); base != by_base_.end()) {
    auto& rows = base->second;
    while (!rows.empty() && row_list::is_hole(rows_[rows.back()]))
      rows.pop_back();
    if (rows.empty())
      by_base_.erase(base);
  }
  tell_joins(row, was_done);
}

void state::on(const inbox_changed& e) {
  auto& inbox = head_.inbox;
  inbox.erase(inbox.begin(), inbox.begin() + e.removed);
  inbox.insert(inbox.end(), e.added.begin(), e.added.end());
}

void state::index(row_index i) {
  auto& row = rows_[i];
  by_id_[row.task_id] = i;
  by_reference_[row.reference_name].push_back(i);
  if (state_detail::has_suffix(row))
    by_base_[base_of(row)].push_back(i);
  deadline_of_row_.resize(rows_.size(), 0);
  last_seq_ = std::max(last_seq_, row.seq);
  if (!is_terminal(row.status))
    ++open_;
  if (state_detail::is_dynamic_fork(row))
    dynamic_forks_[row.seq] = i;
  bring(row);
  loops_.add(i, row);
  count_pass(row, 1);
  add_to_items(i);
}

void state::count_pass(const task& row, int by) {
  if (row.task_type == "GOTO")
    jumps_ += by;
  if (suffix_of(row).empty())
    return;
  auto at = position_of(row);
  auto pass = pass_of(at);
  if (pass == 1)
    return;
  auto& passes = passes_[{at.loop, at.loop.empty() ? 0 : at.iteration}];
  passes[pass] += size_t(by);
  if (passes[pass] == 0)
    passes.erase(pass);
}

int32_t state::next_pass(const position& at) const {
  auto it = passes_.find({at.loop, at.loop.empty() ? 0 : at.iteration});
  return it == passes_.end() || it->second.empty()
             ? 2
             : it->second.rbegin()->first + 1;
}

void state::rebuild() {
  by_id_.clear();
  by_reference_.clear();
  by_base_.clear();
  open_by_base_.clear();
  open_waits_.clear();
  open_children_.clear();
  unconsumed_.clear();
  deadlines_.clear();
  deadline_of_row_.clear();
  joins_.clear();
  joins_by_reference_.clear();
  ready_joins_.clear();
  ready_loops_.clear();
  loops_.clear();
  passes_.clear();
  jumps_ = 0;
  by_item_.clear();
  open_ = 0;
  last_seq_ = 0;
  dynamic_forks_.clear();
  brought_.clear();
  message_waits_.clear();
  for (row_index i = 0; i < rows_.size(); ++i)
    index(i);
  for (row_index i = 0; i < rows_.size(); ++i)
    refresh(i, is_done(rows_[i].reference_name));
}

void state::find_by_reference(row_index i, bool open) {
  auto& row = rows_[i];
  auto* of_type = row.task_type == "WAIT"           ? &open_waits_
                  : row.task_type == "SUB_WORKFLOW" ? &open_children_
                                                    : nullptr;
  if (of_type && open)
    of_type->insert(i);
  else if (of_type)
    of_type->erase(i);
  if (!state_detail::has_suffix(row))
    return; // found by its reference
  if (open)
    open_by_base_[base_of(row)].insert(i);
  else if (auto it = open_by_base_.find(base_of(row));
           it != open_by_base_.end()) {
    it->second.erase(i);
    if (it->second.empty())
      open_by_base_.erase(it);
  }
}

void state::refresh(row_index i, bool was_done) {
  auto& row = rows_[i];
  bool open = !is_terminal(row.status);

  bool waits = !open && !row.executed && !row.retried
               && row.status != task_status::skipped;
  if (waits)
    unconsumed_.insert(i);
  else
    unconsumed_.erase(i);

  find_by_reference(i, open);

  auto deadline = open ? deadline_of(row) : 0;
  if (deadline != deadline_of_row_[i]) {
    if (deadline_of_row_[i] != 0)
      deadlines_.erase({deadline_of_row_[i], i});
    if (deadline != 0)
      deadlines_.insert({deadline, i});
    deadline_of_row_[i] = deadline;
  }

  tell_joins(row, was_done);
  book_loops(i, open, open || waits);

  if (row.task_type == "PULL_WORKFLOW_MESSAGES") {
    if (open)
      message_waits_.insert(i);
    else
      message_waits_.erase(i);
  }

  if (row.task_type == "JOIN" || row.task_type == "EXCLUSIVE_JOIN") {
    bool watched = joins_.count(i) > 0;
    if (open && !watched)
      watch(i);
    else if (!open && watched)
      unwatch(i);
  }
}

void state::tell_joins(const task& row, bool was_done) {
  bool done = is_done(row.reference_name);
  if (done == was_done)
    return;
  auto it = joins_by_reference_.find(row.reference_name);
  if (it == joins_by_reference_.end())
    return;
  for (auto join : it->second) {
    auto& watch = *joins_[join];
    watch.missing += done ? size_t(-1) : 1;
    if (watch.missing == 0 || (watch.exclusive && done))
      ready_joins_.insert(join);
  }
}

int64_t state::deadline_of(const task& row) const {
  int64_t earliest = 0;
  for_each_deadline(row, [&](const char*, int64_t instant) {
    if (earliest == 0 || instant < earliest)
      earliest = instant;
  });
  return earliest;
}

} // namespace tutti::engine
