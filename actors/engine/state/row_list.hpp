#pragma once

#include "messages/model/copy_on_write.hpp"
#include "messages/model/execution.hpp"

#include <iterator>
#include <vector>

namespace tutti::engine {

/// The rows of an execution in the order they were created. Removing a row
/// leaves a hole, so that the others keep their index until `compact`. A hole
/// looks like a skipped, executed row; iterators skip it.
class row_list {
 public:
  class iterator {
   public:
    using value_type = task;
    using reference = const task&;
    using pointer = const task*;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::forward_iterator_tag;

    iterator() = default;
    iterator(const row_list& list, size_t i) : list_(&list), i_(i) { skip(); }
    reference operator*() const { return (*list_)[i_]; }
    pointer operator->() const { return &(*list_)[i_]; }
    iterator& operator++() {
      ++i_;
      skip();
      return *this;
    }
    iterator operator++(int) {
      auto out = *this;
      ++*this;
      return out;
    }
    friend bool operator==(const iterator& a, const iterator& b) {
      return a.i_ == b.i_;
    }

   private:
    void skip() {
      while (i_ < list_->size() && is_hole((*list_)[i_]))
        ++i_;
    }
    const row_list* list_ = nullptr;
    size_t i_ = 0;
  };

  iterator begin() const { return {*this, 0}; }
  iterator end() const { return {*this, slots_.size()}; }

  const task& operator[](size_t i) const { return *slots_[i]; }
  const copy_on_write<task>& share(size_t i) const { return slots_[i]; }
  /// Copies the row when somebody else shares it: earlier references to it keep
  /// showing the old values.
  task& edit(size_t i) { return slots_[i].edit(); }
  /// One past the last index, holes included.
  size_t size() const { return slots_.size(); }
  /// Rows without holes.
  size_t count() const { return slots_.size() - holes_; }
  bool empty() const { return count() == 0; }

  static bool is_hole(const task& row) { return row.task_id.empty(); }

  void add(copy_on_write<task> row) { slots_.push_back(std::move(row)); }
  void remove(size_t i);
  /// More holes than rows, and more than 1,000.
  bool is_sparse() const { return holes_ > 1'000 && holes_ > count(); }
  /// Removes the holes; every index changes.
  void compact();

 private:
  std::vector<copy_on_write<task>> slots_;
  size_t holes_ = 0;
};

} // namespace tutti::engine
