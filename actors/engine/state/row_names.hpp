#pragma once

#include <boost/container/small_vector.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace tutti::engine {

/// Finds the rows of an execution by task id and by reference. A wide fork
/// looks names up several times per branch, so a lookup touches little memory.
/// Part of the state (state_parts.hpp).
class row_names {
 public:
  using row_index = uint32_t;
  using rows = boost::container::small_vector<row_index, 2>;

  /// The rows of one reference. Its address is stable until it is dropped.
  struct reference {
    explicit reference(std::string_view name) : name(name) {}
    const std::string name;
    rows made;   ///< in creation order
    rows joined; ///< open joins that wait for it

    void forget_row(row_index i) { forget(made, i); }
    void forget_join(row_index i) { forget(joined, i); }

   private:
    static void forget(rows& list, row_index i) {
      list.erase(std::remove(list.begin(), list.end(), i), list.end());
    }
  };

  reference* find(std::string_view name) const {
    auto it = references_.find(name);
    return it == references_.end() ? nullptr : it->second.get();
  }
  reference& at(std::string_view name);
  /// Erases the reference when no row has it and no join waits for it.
  void drop_unused(const reference& x);
  template <class Visit>
  void for_each(Visit visit) const {
    for (auto& [name, x] : references_)
      visit(*x);
  }

  const row_index* find_id(std::string_view task_id) const {
    auto it = ids_.find(task_id);
    return it == ids_.end() ? nullptr : &it->second;
  }
  void set_id(const std::string& task_id, row_index i) { ids_[task_id] = i; }
  void erase_id(std::string_view task_id);

 private:
  struct hash {
    using is_transparent = void;
    using is_avalanching = void;
    size_t operator()(std::string_view x) const {
      return std::hash<std::string_view>{}(x);
    }
  };
  // The keys are views of `reference::name`.
  boost::unordered_flat_map<std::string_view, std::unique_ptr<reference>, hash>
      references_;
  boost::unordered_flat_map<std::string, row_index, hash, std::equal_to<>> ids_;
};

} // namespace tutti::engine
