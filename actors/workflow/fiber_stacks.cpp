#include "actors/workflow/fiber_stacks.hpp"

#include "actors/workflow/stack_switch.hpp"

#include <boost/context/protected_fixedsize_stack.hpp>

#include <mutex>
#include <vector>

namespace tutti {

namespace fiber_stacks_detail {

// The deepest recursion of a decision walks a document of at most 200 levels,
// about 500 bytes each; the rest is reserve. Untouched pages cost nothing.
constexpr size_t stack_bytes = 512 * 1024;
/// Stacks beyond this number are rare and freed after use.
constexpr size_t kept_max = 256;

struct kept_stacks {
  std::mutex mutex;
  std::vector<boost::context::stack_context> free;
};

// Never destroyed: actors may end after static objects were destroyed.
kept_stacks& kept() {
  static auto* all = new kept_stacks;
  return *all;
}

} // namespace fiber_stacks_detail

boost::context::stack_context fiber_stack_allocator::allocate() {
  using namespace fiber_stacks_detail;
  auto& all = kept();
  {
    std::lock_guard guard{all.mutex};
    if (!all.free.empty()) {
      auto out = all.free.back();
      all.free.pop_back();
      stack_switch::forget(out.sp, out.size);
      return out;
    }
  }
  return boost::context::protected_fixedsize_stack(stack_bytes).allocate();
}

void fiber_stack_allocator::deallocate(
    boost::context::stack_context& x) noexcept {
  using namespace fiber_stacks_detail;
  auto& all = kept();
  {
    std::lock_guard guard{all.mutex};
    if (all.free.size() < kept_max) {
      all.free.reserve(kept_max);
      all.free.push_back(x);
      return;
    }
  }
  boost::context::protected_fixedsize_stack(stack_bytes).deallocate(x);
}

} // namespace tutti
