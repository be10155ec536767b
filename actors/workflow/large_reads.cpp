#include "actors/workflow/large_reads.hpp"

#include "actors/workflow/rendering.hpp"

#include <atomic>
#include <utility>

namespace tutti {

struct large_reads::reading {
  read_execution what;
  int64_t revision = 0;
  size_t answer_bytes_max = 0;

  // Of the execution's thread, until `ended`.
  workflow head;
  std::vector<copy_on_write<task>> rows;
  std::atomic<bool> ended = false;

  std::mutex mutex;
  bool closed = false; ///< the answer is on its way
  std::vector<reply<document>> waiting;

  bool answers(const read_execution& other, int64_t at) const {
    return revision == at && what.what == other.what
           && what.include_tasks == other.include_tasks
           && what.start == other.start && what.count == other.count
           && what.statuses == other.statuses
           && what.workflow_id == other.workflow_id;
  }
  /// False: it is too late, the answer was given.
  bool join(const reply<document>& done) {
    std::lock_guard guard{mutex};
    if (!closed)
      waiting.push_back(done);
    return !closed;
  }
  void finish(const result<document>& x) {
    std::vector<reply<document>> all;
    {
      std::lock_guard guard{mutex};
      closed = true;
      all.swap(waiting);
    }
    for (auto& one : all)
      one(x);
  }
  result<document> read() const {
    engine::state copy;
    copy.apply(event{workflow_created{head}});
    for (auto& row : rows)
      copy.apply(event{task_added{row}});
    return render(copy, what, answer_bytes_max);
  }
};

bool large_reads::concerns(const engine::state& x, const read_execution& what) {
  using part = read_execution::part;
  if (what.what == part::status || what.what == part::output
      || what.what == part::pending
      || (what.what == part::workflow && !what.include_tasks))
    return false;
  if (x.rows().count() > rows_max) {
    auto* row = what.what == part::task ? x.find(what.workflow_id) : nullptr;
    return what.what != part::task || (row && x.shows_more(*row));
  }
  size_t bytes = 0;
  for (auto& row : x.rows()) {
    bytes += row.input.text().size() + row.output.text().size();
    if (bytes > bytes_max)
      return true;
  }
  return false;
}

reply<answer> large_reads::begin(const engine::state& x,
                                 const read_execution& what,
                                 reply<document> done,
                                 std::shared_ptr<work_pool> by,
                                 size_t answer_bytes_max) {
  sweep();
  auto revision = x.revision_number();
  if (current_ && current_->answers(what, revision) && current_->join(done))
    return {};
  auto next = std::make_shared<reading>();
  next->what = what;
  next->revision = revision;
  next->answer_bytes_max = answer_bytes_max;
  next->head = x.head();
  next->rows.reserve(x.rows().count());
  for (size_t i = 0; i < x.rows().size(); ++i)
    if (!engine::row_list::is_hole(x.rows()[i]))
      next->rows.push_back(x.rows().share(i));
  next->waiting.push_back(std::move(done));
  current_ = next;
  return reply<answer>([next, by = std::move(by)](result<answer> durable) {
    auto run = [next] {
      auto got = next->read();
      next->ended.store(true, std::memory_order_release);
      next->finish(got);
    };
    auto refused = [&]() -> std::optional<failure> {
      if (!durable)
        return durable.failure();
      if (by->submit(run))
        return std::nullopt;
      return failure{errc::too_many, "too many readings of large executions "
                                     "wait for their turn, try again"};
    }();
    if (!refused)
      return;
    next->ended.store(true, std::memory_order_release);
    next->finish(std::move(*refused));
  });
}

void large_reads::sweep() {
  if (!current_ || !current_->ended.load(std::memory_order_acquire))
    return;
  current_->rows.clear();
  current_.reset();
}

} // namespace tutti
