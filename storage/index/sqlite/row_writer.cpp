#include "storage/index/sqlite/row_writer.hpp"

namespace tutti::index {

namespace row_writer_detail {

constexpr int64_t hour_ms = 3'600'000;
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
    = "id, workflow, type, definition, reference, status, scheduled, started, "
      "updated, ended, duration, waited, reason, worker, domain, retry";

} // namespace row_writer_detail

row_writer::row_writer(const database& to, task_policy tasks)
    : db_(to), policy_(tasks) {
  using namespace row_writer_detail;
  const std::string columns
      = "id, revision, type, version, status, created, updated, ended, "
        "duration, priority, correlation, parent, created_by, "
        "idempotency_key, event, reason, failed_references, failed_tasks, "
        "input_text, output_text, reason_text";
  find_workflow_
      = db_.prepare("SELECT doc, " + columns + " FROM workflow WHERE id = ?");
  insert_workflow_ = db_.prepare("INSERT INTO workflow(" + columns
                                 + ", doc) VALUES" + values(22));
  update_workflow_ = db_.prepare("UPDATE workflow SET (" + columns
                                 + ") = " + values(21) + " WHERE doc = ?");
  update_progress_ = db_.prepare(
      "UPDATE workflow SET (revision, status, updated, ended, duration, "
      "reason, failed_references, failed_tasks, input_text, output_text, "
      "reason_text) = "
      + values(11) + " WHERE doc = ?");
  erase_workflow_ = db_.prepare("DELETE FROM workflow WHERE doc = ?");
  insert_words_ = db_.prepare("INSERT INTO words(rowid, text) VALUES(?, ?)");
  insert_text_ = db_.prepare("INSERT INTO text VALUES(?, ?)");
  erase_text_ = db_.prepare("DELETE FROM text WHERE id = ?");
  insert_attribute_ = db_.prepare(
      "INSERT OR IGNORE INTO attribute(path, kind, text, number, doc, part) "
      "VALUES(?,?,?,?,?,?)");
  erase_part_ = db_.prepare("DELETE FROM attribute WHERE doc = ? AND part = ?");
  erase_attributes_ = db_.prepare("DELETE FROM attribute WHERE doc = ?");
  auto prepare = [&](task_table& out, const std::string& table) {
    out.find = db_.prepare(std::string("SELECT doc, ") + task_columns + " FROM "
                           + table + " WHERE id = ?");
    out.insert = db_.prepare("INSERT INTO " + table + "(" + task_columns
                             + ") VALUES" + values(16));
    out.update = db_.prepare("UPDATE " + table + " SET (" + task_columns
                             + ") = " + values(16) + " WHERE doc = ?");
    out.erase = db_.prepare("DELETE FROM " + table + " WHERE doc = ?");
    out.erase_all = db_.prepare("DELETE FROM " + table + " WHERE workflow = ?");
  };
  prepare(shown_, "task");
  prepare(open_, "open_task");
  find_name_ = db_.prepare("SELECT id FROM name WHERE text = ?");
  insert_name_ = db_.prepare("INSERT INTO name(text) VALUES(?)");
  read_name_ = db_.prepare("SELECT text FROM name WHERE id = ?");
  find_rollup_ = db_.prepare("SELECT count, total, sketch FROM rollup WHERE "
                             "hour = ? AND type = ? AND status = ?");
  put_rollup_
      = db_.prepare("INSERT OR REPLACE INTO rollup VALUES(?,?,?,?,?,?)");
  erase_rollup_ = db_.prepare(
      "DELETE FROM rollup WHERE hour = ? AND type = ? AND status = ?");
  put_position_ = db_.prepare("INSERT OR REPLACE INTO position VALUES(?, ?)");
  put_next_text_ = db_.prepare(
      "INSERT OR REPLACE INTO meta(key, value) VALUES('next_text', ?)");
  read_counters();
}

/// The number of a text is never used again: its postings may still be there.
void row_writer::read_counters() {
  auto docs = db_.prepare("SELECT coalesce(max(doc), 0) FROM workflow");
  next_doc_ = docs.step() ? docs.integer(0) + 1 : 1;
  auto texts = db_.prepare("SELECT value FROM meta WHERE key = 'next_text'");
  next_text_ = texts.step() ? texts.integer(0) : 1;
}

// Executions

bool row_writer::apply(const execution_change& x) {
  auto stored = find_workflow(x.id);
  if (x.removed) {
    if (stored)
      erase(*stored);
    return true;
  }
  // What is complete may repair the same revision.
  if (stored
      && (x.complete ? stored->revision > x.revision
                     : stored->revision >= x.revision))
    return true;
  if (!stored && !x.complete)
    return false;
  stored_workflow next;
  next.doc = next_doc_;
  if (stored) {
    count(stored->row, -1);
    next = *stored;
  }
  if (x.complete) {
    if (stored)
      erase_parts(*stored);
    next.row = {};
    next.texts = {};
  }
  merge(next.row, x.set);
  next.revision = x.revision;
  put_parts(x, next);
  if (stored && row_writer_detail::only_progresses(stored->row, next.row))
    put_progress(next);
  else
    put_workflow(x.id, next, !stored);
  count(next.row, 1);
  return apply_tasks(x, next.doc, !stored);
}

void row_writer::add(const execution_change& x) {
  if (x.removed)
    return;
  stored_workflow next;
  next.doc = next_doc_;
  merge(next.row, x.set);
  next.revision = x.revision;
  put_parts(x, next);
  put_workflow(x.id, next, true);
  count(next.row, 1);
  for (auto& one : x.tasks) {
    task_row row;
    merge(row, one.set);
    if (!one.removed && (shows(row) || keeps(row)))
      put_task(one.id, next.doc, row, !shows(row), std::nullopt);
  }
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
  for (size_t i = 0; i < text_count; ++i)
    out.texts[i] = in.integer(int(19 + i));
  in.reset();
  row.type = name_of(type);
  return out;
}

void row_writer::put_workflow(const std::string& id, const stored_workflow& x,
                              bool is_new) {
  auto& row = x.row;
  auto& put = is_new ? insert_workflow_ : update_workflow_;
  put.with(id, x.revision, number_of(row.type), row.version, row.status,
           row.created, row.updated, row.ended, execution_time(row),
           row.priority, row.correlation_id, row.parent_id, row.created_by,
           row.idempotency_key, row.event, row.reason, row.failed_references,
           row.failed_tasks, x.texts[0], x.texts[1], x.texts[2], x.doc);
  put.run();
  if (is_new)
    ++next_doc_;
}

/// Most changes: SQLite writes the entries of a tree anew when a column of it
/// is set, also to what it was.
void row_writer::put_progress(const stored_workflow& x) {
  auto& row = x.row;
  update_progress_
      .with(x.revision, row.status, row.updated, row.ended, execution_time(row),
            row.reason, row.failed_references, row.failed_tasks, x.texts[0],
            x.texts[1], x.texts[2], x.doc)
      .run();
}

void row_writer::erase(const stored_workflow& x) {
  count(x.row, -1);
  erase_parts(x);
  erase_workflow_.with(x.doc).run();
}

void row_writer::erase_parts(const stored_workflow& x) {
  for (auto text : x.texts)
    if (text != 0)
      erase_text_.with(text).run();
  erase_attributes_.with(x.doc).run();
  shown_.erase_all.with(x.doc).run();
  open_.erase_all.with(x.doc).run();
}

void row_writer::put_parts(const execution_change& x, stored_workflow& at) {
  for (size_t i = 0; i < text_count; ++i)
    if (x.words[i])
      put_words(*x.words[i], at.doc, at.texts[i]);
  for (size_t i = 0; i < part_count; ++i) {
    if (!x.attributes[i])
      continue;
    if (!x.complete)
      erase_part_.with(at.doc, i).run();
    put_attributes(*x.attributes[i], at.doc, part(i));
  }
}

/// Replaces `text`, the number of the words that the execution has now.
void row_writer::put_words(const std::vector<std::string>& words, int64_t doc,
                           int64_t& text) {
  if (text != 0)
    erase_text_.with(text).run();
  text = 0;
  if (words.empty())
    return;
  text = next_text_++;
  insert_text_.with(text, doc).run();
  std::string all;
  for (auto& x : words) {
    if (!all.empty())
      all += ' ';
    all += x;
  }
  insert_words_.with(text, all).run();
}

void row_writer::put_attributes(const std::vector<attribute>& all, int64_t doc,
                                part which) {
  for (auto& x : all)
    insert_attribute_
        .with(number_of(x.path), x.kind, x.text, x.number, doc, which)
        .run();
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

bool row_writer::apply_tasks(const execution_change& x, int64_t workflow,
                             bool is_new) {
  if (policy_ == task_policy::none)
    return true;
  bool good = true;
  for (auto& one : x.tasks)
    good = apply_task(one, workflow, is_new) && good;
  return good;
}

/// `is_new`: no task of the execution can be there.
bool row_writer::apply_task(const changed_task& x, int64_t workflow,
                            bool is_new) {
  auto stored = is_new ? std::nullopt : find_task(x.id);
  if (!stored && !x.added && !x.removed)
    // One that ended well is not kept where only failures are.
    return policy_ == task_policy::failed
           && !(x.set.status && is_terminal(*x.set.status)
                && !is_successful(*x.set.status));
  auto row = stored && !x.added ? stored->row : task_row{};
  merge(row, x.set);
  bool shown = !x.removed && shows(row), kept = !x.removed && keeps(row);
  bool same_table = stored && (shown || kept) && stored->open == !shown;
  if (stored && !same_table)
    (stored->open ? open_ : shown_).erase.with(stored->doc).run();
  if (shown || kept)
    put_task(x.id, workflow, row, !shown,
             same_table ? std::optional(stored->doc) : std::nullopt);
  return true;
}

std::optional<row_writer::stored_task>
row_writer::find_task(const std::string& id) {
  for (auto* table : {&open_, &shown_}) {
    auto& in = table->find.with(id);
    if (!in.step()) {
      in.reset();
      continue;
    }
    stored_task out;
    auto& row = out.row;
    out.open = table == &open_;
    out.doc = in.integer(0);
    auto type = in.integer(3), definition = in.integer(4);
    row.reference = in.text(5);
    row.status = task_status(in.integer(6));
    row.scheduled = in.integer(7);
    row.started = in.integer(8);
    row.updated = in.integer(9);
    row.ended = in.integer(10);
    row.reason = in.text(13);
    row.worker_id = in.text(14);
    row.domain = in.text(15);
    row.retry_count = in.integer(16);
    in.reset();
    row.type = name_of(type);
    row.definition = name_of(definition);
    return out;
  }
  return std::nullopt;
}

void row_writer::put_task(const std::string& id, int64_t workflow,
                          const task_row& x, bool open,
                          std::optional<int64_t> doc) {
  auto& table = open ? open_ : shown_;
  auto& put = doc ? table.update : table.insert;
  put.with(id, workflow, number_of(x.type), number_of(x.definition),
           x.reference, x.status, x.scheduled, x.started, x.updated, x.ended,
           execution_time(x), queue_wait_time(x), x.reason, x.worker_id,
           x.domain, x.retry_count);
  if (doc)
    put.bind(17, *doc);
  put.run();
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

void row_writer::count(const workflow_row& x, int64_t times) {
  if (!is_terminal(x.status) || x.ended <= 0)
    return;
  auto hour = x.ended - x.ended % row_writer_detail::hour_ms;
  auto& sums = rollups_[{hour, number_of(x.type), int64_t(x.status)}];
  auto duration = execution_time(x);
  sums.count += times;
  sums.total += times * duration;
  sums.durations[duration] += times;
}

void row_writer::flush() {
  for (auto& [key, more] : rollups_) {
    auto& [hour, type, status] = key;
    find_rollup_.with(hour, type, status);
    int64_t count = more.count, total = more.total;
    sketch durations;
    if (find_rollup_.step()) {
      count += find_rollup_.integer(0);
      total += find_rollup_.integer(1);
      durations = sketch::read(find_rollup_.text(2));
    }
    find_rollup_.reset();
    for (auto& [ms, times] : more.durations)
      if (times != 0)
        durations.add(ms, times);
    if (count <= 0) {
      erase_rollup_.with(hour, type, status).run();
      continue;
    }
    put_rollup_.with(hour, type, status, count, total);
    put_rollup_.bind_bytes(6, durations.bytes()).run();
  }
  rollups_.clear();
  put_next_text_.with(next_text_).run();
}

void row_writer::forget() {
  numbers_.clear();
  names_.clear();
  rollups_.clear();
  read_counters();
}

void row_writer::set_position(uint32_t shard, uint64_t position) {
  put_position_.with(shard, position).run();
}

} // namespace tutti::index
