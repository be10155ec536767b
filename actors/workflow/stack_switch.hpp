#pragma once

#include <cstddef>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#elif defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#endif

namespace tutti {

/// Tells the address sanitizer about switches between a thread's stack and a
/// fiber's; nothing in other builds. Debian's boost.context does not.
class stack_switch {
 public:
  stack_switch() = default;
  stack_switch(const void* fiber_top, size_t fiber_bytes)
      : fiber_{static_cast<const char*>(fiber_top) - fiber_bytes, fiber_bytes} {
  }

  // Called on the thread, around the switch to the fiber and back.
  void to_fiber() { begin(&thread_fake_, fiber_); }
  void back_on_thread() { end(thread_fake_, nullptr); }

  // Called on the fiber, which another thread may resume each time.
  void entered() { end(nullptr, &thread_); }
  void to_thread() { begin(&fiber_fake_, thread_); }
  void back_on_fiber() { end(fiber_fake_, &thread_); }
  void leave_for_ever() { begin(nullptr, thread_); }

  /// Clears what an earlier fiber left on a reused stack.
  static void forget([[maybe_unused]] const void* top,
                     [[maybe_unused]] size_t bytes) {
#if defined(__SANITIZE_ADDRESS__)
    __asan_unpoison_memory_region(static_cast<const char*>(top) - bytes, bytes);
#endif
  }

 private:
  struct stack {
    const void* bottom = nullptr;
    size_t bytes = 0;
  };

  static void begin([[maybe_unused]] void** fake,
                    [[maybe_unused]] const stack& to) {
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_start_switch_fiber(fake, to.bottom, to.bytes);
#endif
  }
  static void end([[maybe_unused]] void* fake, [[maybe_unused]] stack* from) {
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_finish_switch_fiber(fake, from ? &from->bottom : nullptr,
                                    from ? &from->bytes : nullptr);
#endif
  }

  stack fiber_, thread_;
  void *thread_fake_ = nullptr, *fiber_fake_ = nullptr;
};

/// A fiber as the thread sanitizer knows it: one more thread; nothing in other
/// builds. Both calls happen on the thread, before the switch and after the way
/// back: a fiber ends with returns, which belong to the calls it made.
class shadow_thread {
 public:
#if defined(__SANITIZE_THREAD__)
  shadow_thread() : fiber_{__tsan_create_fiber(0)} {}
  ~shadow_thread() { __tsan_destroy_fiber(fiber_); }
  shadow_thread(const shadow_thread&) = delete;
  shadow_thread& operator=(const shadow_thread&) = delete;

  // Inlined: otherwise a call would begin on one stack and end on another.
  [[gnu::always_inline]] void to_fiber() {
    thread_ = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(fiber_, 0);
  }
  [[gnu::always_inline]] void back_on_thread() {
    __tsan_switch_to_fiber(thread_, 0);
  }

 private:
  void *fiber_, *thread_ = nullptr;
#else
  void to_fiber() {}
  void back_on_thread() {}
#endif
};

} // namespace tutti
