#pragma once

#include <boost/context/stack_context.hpp>

namespace tutti {

/// Stacks for suspended decisions, each above a guard page. Stacks are reused,
/// because allocating one takes three system calls. Boost's StackAllocator; any
/// thread.
class fiber_stack_allocator {
 public:
  boost::context::stack_context allocate();
  void deallocate(boost::context::stack_context& x) noexcept;
};

} // namespace tutti
