#include "storage/index/sqlite/sum_writer.hpp"

#include "storage/index/sqlite/schema.hpp"

namespace tutti::index {

namespace sum_writer_detail {

constexpr int64_t hour_ms = 3'600'000;

} // namespace sum_writer_detail

sum_writer::sum_writer(const database& to) {
  find_rollup_ = to.prepare("SELECT count, total, sketch FROM rollup WHERE "
                            "hour = ? AND type = ? AND status = ?");
  put_rollup_ = to.prepare("INSERT OR REPLACE INTO rollup VALUES(?,?,?,?,?,?)");
  erase_rollup_ = to.prepare(
      "DELETE FROM rollup WHERE hour = ? AND type = ? AND status = ?");
  auto prepare_tally = [&](statement& add, statement& erase,
                           const std::string& table, const char* by) {
    add = to.prepare("INSERT INTO " + table
                     + " VALUES(?,?,?,?) ON CONFLICT "
                       "DO UPDATE SET count = count + excluded.count");
    erase = to.prepare("DELETE FROM " + table + " WHERE (" + by
                       + ") = (?,?,?) AND count <= 0");
  };
  prepare_tally(add_tally_, erase_tally_, "tally", "day, type, status");
  prepare_tally(add_task_tally_, erase_task_tally_, "task_tally",
                "type, definition, status");
}

void sum_writer::add(const workflow_row& x, int64_t type, int64_t times) {
  auto status = int64_t(x.status);
  tallies_[{day_of(x.created), type, status}] += times;
  if (!is_terminal(x.status) || x.ended <= 0)
    return;
  auto hour = x.ended - x.ended % sum_writer_detail::hour_ms;
  auto& sums = rollups_[{hour, type, status}];
  auto duration = execution_time(x);
  sums.count += times;
  sums.total += times * duration;
  sums.durations[duration] += times;
}

void sum_writer::add(const task_row& x, int64_t type, int64_t definition,
                     int64_t times) {
  add_task(type, definition, int64_t(x.status), times);
}

void sum_writer::add_task(int64_t type, int64_t definition, int64_t status,
                          int64_t times) {
  task_tallies_[{type, definition, status}] += times;
}

void sum_writer::flush() {
  flush_rollups();
  flush(tallies_, add_tally_, erase_tally_);
  flush(task_tallies_, add_task_tally_, erase_task_tally_);
}

void sum_writer::flush_rollups() {
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
}

void sum_writer::flush(std::map<three, int64_t>& x, statement& add,
                       statement& erase) {
  for (auto& [key, times] : x) {
    auto& [a, b, c] = key;
    if (times != 0)
      add.with(a, b, c, times).run();
    if (times < 0)
      erase.with(a, b, c).run();
  }
  x.clear();
}

void sum_writer::forget() {
  rollups_.clear();
  tallies_.clear();
  task_tallies_.clear();
}

} // namespace tutti::index
