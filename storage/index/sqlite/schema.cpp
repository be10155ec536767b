#include "storage/index/sqlite/schema.hpp"

#include "messages/model/enums.hpp"

#include <random>

namespace tutti::index {

// `doc` numbers an execution within this file, and is never used again. Names
// that repeat are numbers, too. There is no NULL: an absent text is '', an
// absent time 0.
//
// `words` holds only postings. A row of it has texts of one execution
// (rows.hpp), each in its column; one that has ended when it comes has one row
// for all. Its number is that of the execution and a count (text_numbers.hpp).
// Postings cannot be erased: rows whose texts an execution has no more are
// named by `stale`, until the index is built anew.
//
// `open_task` holds tasks that the policy does not show yet.
//
// `tally` and `task_tally` count rows of `workflow` and `task`, so that totals
// of common questions need not count them.
void create_tables(database& in, const index_identity& as) {
  in.execute(R"(
CREATE TABLE meta(key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE position(shard INTEGER PRIMARY KEY, applied INTEGER NOT NULL);
CREATE TABLE name(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE workflow(
  doc INTEGER PRIMARY KEY, id TEXT NOT NULL, revision INTEGER NOT NULL,
  type INTEGER NOT NULL, version INTEGER NOT NULL, status INTEGER NOT NULL,
  created INTEGER NOT NULL, updated INTEGER NOT NULL, ended INTEGER NOT NULL,
  duration INTEGER NOT NULL, priority INTEGER NOT NULL,
  correlation TEXT NOT NULL, parent TEXT NOT NULL, created_by TEXT NOT NULL,
  idempotency_key TEXT NOT NULL, event TEXT NOT NULL, reason TEXT NOT NULL,
  failed_references TEXT NOT NULL, failed_tasks TEXT NOT NULL,
  texts INTEGER NOT NULL);
CREATE TABLE task(
  doc INTEGER PRIMARY KEY, id TEXT NOT NULL, workflow INTEGER NOT NULL,
  type INTEGER NOT NULL, definition INTEGER NOT NULL, reference TEXT NOT NULL,
  status INTEGER NOT NULL, scheduled INTEGER NOT NULL, started INTEGER NOT NULL,
  updated INTEGER NOT NULL, ended INTEGER NOT NULL, duration INTEGER NOT NULL,
  waited INTEGER NOT NULL, reason TEXT NOT NULL, worker TEXT NOT NULL,
  domain TEXT NOT NULL, retry INTEGER NOT NULL);
CREATE TABLE open_task(
  id TEXT NOT NULL, workflow INTEGER NOT NULL,
  type INTEGER NOT NULL, definition INTEGER NOT NULL, reference TEXT NOT NULL,
  status INTEGER NOT NULL, scheduled INTEGER NOT NULL, started INTEGER NOT NULL,
  updated INTEGER NOT NULL, ended INTEGER NOT NULL, duration INTEGER NOT NULL,
  waited INTEGER NOT NULL, reason TEXT NOT NULL, worker TEXT NOT NULL,
  domain TEXT NOT NULL, retry INTEGER NOT NULL,
  PRIMARY KEY(workflow, id)) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5(input, output, reason, content='',
  columnsize=0, tokenize="ascii tokenchars '-_'");
CREATE TABLE stale(id INTEGER PRIMARY KEY);
CREATE TABLE tally(
  day INTEGER NOT NULL, type INTEGER NOT NULL, status INTEGER NOT NULL,
  count INTEGER NOT NULL, PRIMARY KEY(day, type, status)) WITHOUT ROWID;
CREATE TABLE task_tally(
  type INTEGER NOT NULL, definition INTEGER NOT NULL, status INTEGER NOT NULL,
  count INTEGER NOT NULL, PRIMARY KEY(type, definition, status)) WITHOUT ROWID;
CREATE TABLE attribute(
  path INTEGER NOT NULL, kind INTEGER NOT NULL, text TEXT NOT NULL,
  number REAL NOT NULL, doc INTEGER NOT NULL, part INTEGER NOT NULL,
  PRIMARY KEY(path, kind, text, number, doc)) WITHOUT ROWID;
CREATE TABLE rollup(
  hour INTEGER NOT NULL, type INTEGER NOT NULL, status INTEGER NOT NULL,
  count INTEGER NOT NULL, total INTEGER NOT NULL, sketch BLOB NOT NULL,
  PRIMARY KEY(hour, type, status)) WITHOUT ROWID;
)");
  auto put = in.prepare("INSERT INTO meta VALUES(?, ?)");
  put.with("version", as.version).run();
  put.with("shards", as.shards).run();
  put.with("tasks", as.task_policy).run();
  std::random_device random;
  put.with("generation", int64_t(random() & 0x7fffffff)).run();
}

// A tree of statuses is of use where they are few: most executions have ended
// well, and enter it only while they run. A task is found by its execution,
// whose id begins its own.
void create_trees(database& in) {
  static_assert(int(workflow_status::completed) == 2);
  in.execute(R"(
CREATE UNIQUE INDEX workflow_id ON workflow(id);
CREATE INDEX workflow_type ON workflow(type, created, status);
CREATE INDEX workflow_status ON workflow(status, created, type)
  WHERE status <> 2;
CREATE INDEX workflow_created ON workflow(created);
CREATE INDEX workflow_updated ON workflow(type, updated);
CREATE INDEX workflow_ended ON workflow(ended) WHERE ended <> 0;
CREATE INDEX workflow_correlation ON workflow(correlation)
  WHERE correlation <> '';
CREATE INDEX workflow_parent ON workflow(parent) WHERE parent <> '';
CREATE UNIQUE INDEX task_workflow ON task(workflow, id);
CREATE INDEX task_definition ON task(definition, updated, status);
CREATE INDEX task_updated ON task(updated);
CREATE INDEX attribute_doc ON attribute(doc);
)");
}

namespace schema_detail {

std::optional<int64_t> meta(const database& in, const char* key) {
  auto read = in.prepare("SELECT value FROM meta WHERE key = ?");
  read.with(key);
  if (!read.step())
    return std::nullopt;
  return read.integer(0);
}

} // namespace schema_detail

std::optional<index_identity> read_identity(const database& in) {
  using schema_detail::meta;
  auto version = meta(in, "version"), shards = meta(in, "shards"),
       policy = meta(in, "tasks"), whole = meta(in, "whole");
  if (!version || !shards || !policy || !whole)
    return std::nullopt;
  return index_identity{*version, *shards, *policy};
}

void write_positions(database& in, const std::vector<uint64_t>& by_shard) {
  auto put = in.prepare("INSERT OR REPLACE INTO position VALUES(?, ?)");
  for (size_t shard = 0; shard < by_shard.size(); ++shard)
    put.with(shard, by_shard[shard]).run();
  in.execute("INSERT OR REPLACE INTO meta VALUES('whole', 1)");
}

std::vector<uint64_t> read_positions(const database& in, size_t shards) {
  std::vector<uint64_t> out(shards);
  auto read = in.prepare("SELECT shard, applied FROM position");
  while (read.step())
    if (auto shard = size_t(read.integer(0)); shard < shards)
      out[shard] = uint64_t(read.integer(1));
  return out;
}

int64_t read_generation(const database& in) {
  return schema_detail::meta(in, "generation").value_or(0);
}

bool is_sound(const database& in) {
  auto check = in.prepare("PRAGMA quick_check(1)");
  return check.step() && check.text(0) == "ok";
}

void set_options(database& in, int64_t cache_mib) {
  in.execute("PRAGMA temp_store=MEMORY");
  // The cache is the process's; pages beyond it are the system's.
  in.execute(
      ("PRAGMA cache_size=-" + std::to_string(cache_mib * 1024)).c_str());
}

} // namespace tutti::index
