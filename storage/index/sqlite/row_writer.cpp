#include "storage/index/sqlite/row_writer.hpp"

#include "storage/index/sqlite/schema.hpp"

#include <algorithm>

namespace tutti::index {

namespace row_writer_detail {

/// Names that are remembered; what repeats is few.
constexpr size_t names_max = 50'000;

std::string values(int count) {
  std::string out = "(?";
  for (int i = 1; i < count; ++i)
    out += ",?";
  return out + ')';
}

bool ended_well(const task_row& x) {
  return x.status == task_status::completed
         || x.status == task_status::completed_with_errors
         || x.status == task_status::skipped;
}

/// What `put_progress` does not write is the same.
bool only_progresses(const workflow_row& a, const workflow_row& b) {
  return a.type == b.type && a.version == b.version && a.created == b.created
         && a.priority == b.priority && a.correlation_id == b.correlation_id
         && a.parent_id == b.parent_id && a.created_by == b.created_by
         && a.idempotency_key == b.idempotency_key && a.event == b.event;
}

constexpr const char* task_columns
    = "type, definition, reference, status, scheduled, started, updated, "
      "ended, duration, waited, reason, worker, domain, retry";

} // namespace row_writer_detail

row_writer::row_writer(const database& to, task_policy tasks)
    : db_(to), policy_(tasks), sums_(to) {
  using namespace row_writer_detail;
  const std::string columns
      = "id, revision, type, version, status, created, updated, ended, "
        "duration, priority, correlation, parent, created_by, "
        "idempotency_key, event, reason, failed_references, failed_tasks, "
        "texts";
  find_workflow_
      = db_.prepare("SELECT doc, " + columns + " FROM workflow WHERE id = ?");
  insert_workflow_ = db_.prepare("INSERT OR IGNORE INTO workflow(" + columns
                                 + ", doc) VALUES" + values(20));
  update_workflow_ = db_.prepare("UPDATE workflow SET (" + columns
                                 + ") = " + values(19) + " WHERE doc = ?");
  update_progress_ = db_.prepare(
      "UPDATE workflow SET (revision, status, updated, ended, duration, "
      "reason, failed_references, failed_tasks, texts) = "
      + values(9) + " WHERE doc = ?");
  erase_workflow_ = db_.prepare("DELETE FROM workflow WHERE doc = ?");
  insert_words_ = db_.prepare(
      "INSERT INTO words(rowid, input, output, reason) VALUES(?, ?, ?, ?)");
  insert_stale_ = db_.prepare("INSERT OR IGNORE INTO stale VALUES(?)");
  insert_attribute_ = db_.prepare(
      "INSERT OR IGNORE INTO attribute(path, kind, text, number, doc, part) "
      "VALUES(?,?,?,?,?,?)");
  erase_part_ = db_.prepare("DELETE FROM attribute WHERE doc = ? AND part = ?");
  erase_attributes_ = db_.prepare("DELETE FROM attribute WHERE doc = ?");
  auto prepare = [&](task_table& out, const std::string& table) {
    const std::string one = " WHERE workflow = ? AND id = ?";
    out.find = db_.prepare(std::string("SELECT ") + task_columns + " FROM "
                           + table + one);
    out.insert = db_.prepare("INSERT INTO " + table + "(" + task_columns
                             + ", workflow, id) VALUES" + values(16));
    out.update = db_.prepare("UPDATE " + table + " SET (" + task_columns
                             + ") = " + values(14) + one);
    out.erase = db_.prepare("DELETE FROM " + table + one);
    out.erase_all = db_.prepare("DELETE FROM " + table + " WHERE workflow = ?");
  };
  prepare(shown_, "task");
  prepare(open_, "open_task");
  find_name_ = db_.prepare("SELECT id FROM name WHERE text = ?");
  insert_name_ = db_.prepare("INSERT INTO name(text) VALUES(?)");
  read_name_ = db_.prepare("SELECT text FROM name WHERE id = ?");
  find_shown_ = db_.prepare(
      "SELECT type, definition, status FROM task WHERE workflow = ?");
  put_position_ = db_.prepare("INSERT OR REPLACE INTO position VALUES(?, ?)");
  put_next_doc_ = db_.prepare(
      "INSERT OR REPLACE INTO meta(key, value) VALUES('next_doc', ?)");
  read_next_doc();
}

/// No number is used again: postings of an execution that is gone stay.
void row_writer::read_next_doc() {
  auto next = db_.prepare("SELECT value FROM meta WHERE key = 'next_doc'");
  next_doc_ = next.step() ? next.integer(0) : 1;
}

// Executions

bool row_writer::apply(const execution_change& x) {
  // Most are new, and are found out to be so as they are written.
  if (x.complete && !x.removed && insert(x))
    return true;
  auto stored = find_workflow(x.id);
  if (x.removed) {
    if (stored)
      erase(*stored);
    return true;
  }
  if (!stored)
    return false;
  // What is complete may repair the same revision.
  if (x.complete ? stored->revision > x.revision
                 : stored->revision >= x.revision)
    return true;
  if (!x.complete)
    return update(x, *stored);
  erase(*stored);
  return insert(x);
}

void row_writer::add(const execution_change& x) {
  if (!x.removed)
    insert(x);
}

/// False: there is a row of it, and nothing was done.
bool row_writer::insert(const execution_change& x) {
  stored_workflow next;
  next.doc = next_doc_;
  next.revision = x.revision;
  merge(next.row, x.set);
  // Texts that do not change any more, as a rule, share a row.
  bool share = is_terminal(next.row.status);
  for (size_t i = 0; i < text_count; ++i)
    if (x.words[i] && !x.words[i]->empty())
      next.texts.of[i] = share ? next.texts.last = 1 : ++next.texts.last;
  put_workflow(x.id, next, insert_workflow_);
  if (db_.changed_rows() == 0)
    return false;
  ++next_doc_;
  put_words(x, next.doc, next.texts);
  put_attributes(x, next.doc, true);
  count(next.row, 1);
  insert_tasks(x, next.doc);
  return true;
}

/// False: more must be known to change it.
bool row_writer::update(const execution_change& x,
                        const stored_workflow& stored) {
  auto next = stored;
  next.revision = x.revision;
  for (size_t i = 0; i < text_count; ++i)
    if (x.words[i])
      next.texts.of[i] = x.words[i]->empty() ? 0 : ++next.texts.last;
  if (next.texts.last > text_numbers::last_max)
    return false;
  // A row of words that is out of date in part is so as a whole.
  for (size_t i = 0; i < text_count; ++i)
    for (size_t j = 0; j < text_count; ++j)
      if (auto row = stored.texts.of[i]; row != 0 && row == stored.texts.of[j]
                                         && next.texts.of[i] != row
                                         && next.texts.of[j] == row)
        return false;
  merge(next.row, x.set);
  mark_stale(stored, next.texts);
  put_words(x, next.doc, next.texts);
  put_attributes(x, next.doc, false);
  if (row_writer_detail::only_progresses(stored.row, next.row))
    put_progress(next);
  else
    put_workflow(x.id, next, update_workflow_);
  count(stored.row, -1);
  count(next.row, 1);
  bool good = true;
  if (policy_ != task_policy::none)
    for (auto& one : x.tasks)
      good = update_task(one, next.doc) && good;
  return good;
}

std::optional<row_writer::stored_workflow>
row_writer::find_workflow(const std::string& id) {
  auto& in = find_workflow_.with(id);
  if (!in.step()) {
    in.reset();
    return std::nullopt;
  }
  stored_workflow out;
  auto& row = out.row;
  out.doc = in.integer(0);
  out.revision = in.integer(2);
  auto type = in.integer(3);
  row.version = in.integer(4);
  row.status = workflow_status(in.integer(5));
  row.created = in.integer(6);
  row.updated = in.integer(7);
  row.ended = in.integer(8);
  row.priority = in.integer(10);
  row.correlation_id = in.text(11);
  row.parent_id = in.text(12);
  row.created_by = in.text(13);
  row.idempotency_key = in.text(14);
  row.event = in.text(15);
  row.reason = in.text(16);
  row.failed_references = in.text(17);
  row.failed_tasks = in.text(18);
  out.texts = text_numbers::unpacked(in.integer(19));
  in.reset();
  row.type = name_of(type);
  return out;
}

void row_writer::put_workflow(const std::string& id, const stored_workflow& x,
                              statement& by) {
  auto& row = x.row;
  by.with(id, x.revision, number_of(row.type), row.version, row.status,
          row.created, row.updated, row.ended, execution_time(row),
          row.priority, row.correlation_id, row.parent_id, row.created_by,
          row.idempotency_key, row.event, row.reason, row.failed_references,
          row.failed_tasks, x.texts.packed(), x.doc)
      .run();
}

/// Most changes: SQLite writes the entries of a tree anew when a column of it
/// is set, also to what it was.
void row_writer::put_progress(const stored_workflow& x) {
  auto& row = x.row;
  update_progress_
      .with(x.revision, row.status, row.updated, row.ended, execution_time(row),
            row.reason, row.failed_references, row.failed_tasks,
            x.texts.packed(), x.doc)
      .run();
}

void row_writer::erase(const stored_workflow& x) {
  count(x.row, -1);
  mark_stale(x, {});
  erase_attributes_.with(x.doc).run();
  find_shown_.with(x.doc);
  while (find_shown_.step())
    sums_.add_task(find_shown_.integer(0), find_shown_.integer(1),
                   find_shown_.integer(2), -1);
  find_shown_.reset();
  shown_.erase_all.with(x.doc).run();
  open_.erase_all.with(x.doc).run();
  erase_workflow_.with(x.doc).run();
}

/// Rows of words that the execution no longer has.
void row_writer::mark_stale(const stored_workflow& x,
                            const text_numbers& next) {
  for (auto row : x.texts.of)
    if (row != 0 && std::ranges::find(next.of, row) == next.of.end())
      insert_stale_.with(text_numbers::row_of(x.doc, row)).run();
}

void row_writer::put_words(const execution_change& x, int64_t doc,
                           const text_numbers& texts) {
  std::string all[text_count];
  for (size_t i = 0; i < text_count; ++i)
    if (x.words[i])
      for (auto& word : *x.words[i]) {
        if (!all[i].empty())
          all[i] += ' ';
        all[i] += word;
      }
  const std::string none;
  for (size_t i = 0; i < text_count; ++i) {
    auto row = texts.of[i];
    auto here = [&](size_t j) -> const std::string& {
      return texts.of[j] == row ? all[j] : none;
    };
    // A row that is shared is written with its first text.
    if (!all[i].empty()
        && std::find(texts.of.begin(), texts.of.end(), row)
               == texts.of.begin() + ptrdiff_t(i))
      insert_words_
          .with(text_numbers::row_of(doc, row), here(0), here(1), here(2))
          .run();
  }
}

void row_writer::put_attributes(const execution_change& x, int64_t doc,
                                bool is_new) {
  for (size_t i = 0; i < part_count; ++i) {
    if (!x.attributes[i])
      continue;
    if (!is_new)
      erase_part_.with(doc, i).run();
    for (auto& one : *x.attributes[i])
      insert_attribute_
          .with(number_of(one.path), one.kind, one.text, one.number, doc, i)
          .run();
  }
}

// Tasks

bool row_writer::shows(const task_row& x) const {
  switch (policy_) {
    case task_policy::none:
      return false;
    case task_policy::failed:
      return is_terminal(x.status) && !row_writer_detail::ended_well(x);
    case task_policy::terminal:
      return is_terminal(x.status);
    case task_policy::all:
      return true;
  }
  return false;
}

/// It is not shown, but may be later.
bool row_writer::keeps(const task_row& x) const {
  return policy_ != task_policy::none && !is_terminal(x.status);
}

void row_writer::insert_tasks(const execution_change& x, int64_t workflow) {
  for (auto& one : x.tasks) {
    task_row row;
    merge(row, one.set);
    if (!one.removed && (shows(row) || keeps(row)))
      put_task(one.id, workflow, row, !shows(row), true);
  }
}

bool row_writer::update_task(const changed_task& x, int64_t workflow) {
  auto stored = find_task(x.id, workflow);
  if (!stored && !x.added && !x.removed)
    // One that ended well is not kept where only failures are.
    return policy_ == task_policy::failed
           && !(x.set.status && is_terminal(*x.set.status)
                && !is_successful(*x.set.status));
  auto row = stored && !x.added ? stored->row : task_row{};
  merge(row, x.set);
  bool shown = !x.removed && shows(row), kept = !x.removed && keeps(row);
  bool same_table = stored && (shown || kept) && stored->open == !shown;
  if (stored && !stored->open)
    count(stored->row, -1);
  if (stored && !same_table)
    (stored->open ? open_ : shown_).erase.with(workflow, x.id).run();
  if (shown || kept)
    put_task(x.id, workflow, row, !shown, !same_table);
  return true;
}

std::optional<row_writer::stored_task>
row_writer::find_task(const std::string& id, int64_t workflow) {
  for (auto* table : {&open_, &shown_}) {
    auto& in = table->find.with(workflow, id);
    if (!in.step()) {
      in.reset();
      continue;
    }
    stored_task out;
    auto& row = out.row;
    out.open = table == &open_;
    auto type = in.integer(0), definition = in.integer(1);
    row.reference = in.text(2);
    row.status = task_status(in.integer(3));
    row.scheduled = in.integer(4);
    row.started = in.integer(5);
    row.updated = in.integer(6);
    row.ended = in.integer(7);
    row.reason = in.text(10);
    row.worker_id = in.text(11);
    row.domain = in.text(12);
    row.retry_count = in.integer(13);
    in.reset();
    row.type = name_of(type);
    row.definition = name_of(definition);
    return out;
  }
  return std::nullopt;
}

void row_writer::put_task(const std::string& id, int64_t workflow,
                          const task_row& x, bool open, bool is_new) {
  auto& table = open ? open_ : shown_;
  (is_new ? table.insert : table.update)
      .with(number_of(x.type), number_of(x.definition), x.reference, x.status,
            x.scheduled, x.started, x.updated, x.ended, execution_time(x),
            queue_wait_time(x), x.reason, x.worker_id, x.domain, x.retry_count,
            workflow, id)
      .run();
  if (!open)
    count(x, 1);
}

// Names and sums

int64_t row_writer::number_of(const std::string& name) {
  if (auto known = numbers_.find(name); known != numbers_.end())
    return known->second;
  find_name_.with(name);
  auto out = find_name_.step() ? find_name_.integer(0) : 0;
  find_name_.reset();
  if (out == 0) {
    insert_name_.with(name).run();
    out = db_.last_row();
  }
  if (numbers_.size() >= row_writer_detail::names_max)
    numbers_.clear();
  numbers_.emplace(name, out);
  return out;
}

std::string row_writer::name_of(int64_t number) {
  if (auto known = names_.find(number); known != names_.end())
    return known->second;
  read_name_.with(number);
  auto out = read_name_.step() ? read_name_.text(0) : std::string();
  read_name_.reset();
  if (names_.size() >= row_writer_detail::names_max)
    names_.clear();
  names_.emplace(number, out);
  return out;
}

void row_writer::flush() {
  sums_.flush();
  put_next_doc_.with(next_doc_).run();
}

void row_writer::count(const workflow_row& x, int64_t times) {
  sums_.add(x, number_of(x.type), times);
}

void row_writer::count(const task_row& x, int64_t times) {
  sums_.add(x, number_of(x.type), number_of(x.definition), times);
}

void row_writer::forget() {
  numbers_.clear();
  names_.clear();
  sums_.forget();
  read_next_doc();
}

void row_writer::set_position(uint32_t shard, uint64_t position) {
  put_position_.with(shard, position).run();
}

} // namespace tutti::index
