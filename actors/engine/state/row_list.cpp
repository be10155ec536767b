#include "actors/engine/state/row_list.hpp"

namespace tutti::engine {

namespace row_list_detail {

const copy_on_write<task>& hole() {
  static const copy_on_write<task> row = [] {
    task out;
    out.status = task_status::skipped;
    out.retried = out.executed = true;
    out.definition = std::make_shared<const workflow_task>();
    return out;
  }();
  return row;
}

} // namespace row_list_detail

void row_list::remove(size_t i) {
  if (is_hole(*slots_[i]))
    return;
  slots_[i] = row_list_detail::hole();
  ++holes_;
}

void row_list::compact() {
  std::erase_if(slots_, [](auto& row) { return is_hole(*row); });
  holes_ = 0;
}

} // namespace tutti::engine
