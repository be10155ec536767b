#include "api/rest/server/deadlines.hpp"

#include <algorithm>

namespace tutti::rest {

deadline_lists::deadline_lists() {
  for (auto& l : lists_)
    l.ring.before = l.ring.after = &l.ring;
}

void deadline_lists::set(deadline kind, steady::duration timeout) {
  lists_[static_cast<size_t>(kind)].timeout = timeout;
}

void deadline_lists::arm(deadline_node& node, deadline kind,
                         steady::time_point now) {
  disarm(node);
  auto& l = lists_[static_cast<size_t>(kind)];
  node.kind = kind;
  node.due = now + l.timeout;
  node.before = l.ring.before;
  node.after = &l.ring;
  node.before->after = &node;
  l.ring.before = &node;
}

void deadline_lists::disarm(deadline_node& node) {
  if (node.kind == deadline::none)
    return;
  node.before->after = node.after;
  node.after->before = node.before;
  node.before = node.after = nullptr;
  node.kind = deadline::none;
}

deadline_node* deadline_lists::oldest(deadline kind) const {
  auto& l = lists_[static_cast<size_t>(kind)];
  return l.ring.after == &l.ring ? nullptr : l.ring.after;
}

deadline_node* deadline_lists::expired(steady::time_point now) const {
  for (auto& l : lists_)
    if (l.ring.after != &l.ring && l.ring.after->due <= now)
      return l.ring.after;
  return nullptr;
}

steady::time_point deadline_lists::next() const {
  auto first = steady::time_point::max();
  for (auto& l : lists_)
    if (l.ring.after != &l.ring)
      first = std::min(first, l.ring.after->due);
  return first;
}

} // namespace tutti::rest
