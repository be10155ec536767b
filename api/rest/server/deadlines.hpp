#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace tutti::rest {

using steady = std::chrono::steady_clock;

/// The kinds of deadlines; a connection has one at a time.
enum class deadline : uint8_t { idle, request, write, linger, none };

/// Base of objects in `deadline_lists`.
struct deadline_node {
  deadline_node* before = nullptr;
  deadline_node* after = nullptr;
  steady::time_point due = {};
  deadline kind = deadline::none;
};

/// One list per kind, and one duration per kind: nodes expire in the order in
/// which they were armed, so every operation is O(1) without a system call.
class deadline_lists {
 public:
  deadline_lists();

  void set(deadline kind, steady::duration timeout);
  void arm(deadline_node& node, deadline kind, steady::time_point now);
  void disarm(deadline_node& node);
  /// The longest waiting node of that kind, or null.
  deadline_node* oldest(deadline kind) const;
  /// A node whose deadline has passed, still armed, or null.
  deadline_node* expired(steady::time_point now) const;
  /// `time_point::max()` when nothing is armed.
  steady::time_point next() const;

 private:
  static constexpr size_t kinds = static_cast<size_t>(deadline::none);
  struct list {
    deadline_node ring; // after: oldest, before: newest
    steady::duration timeout = {};
  };
  std::array<list, kinds> lists_;
};

} // namespace tutti::rest
