#pragma once

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace tutti {

/// While it exists, the calling thread is one that decides or answers: others
/// queue behind it, so it must never wait for a disk or a network. Actors'
/// workers, the HTTP loops and the store's writer are marked for their whole
/// life.
class deciding_thread {
 public:
  deciding_thread() : before_(exchange(true)) {}
  ~deciding_thread() { exchange(before_); }
  deciding_thread(const deciding_thread&) = delete;
  deciding_thread& operator=(const deciding_thread&) = delete;

  [[gnu::noinline]] static bool is_current() { return marked; }
  /// Marks the calling thread until it ends.
  static void mark_for_ever() { exchange(true); }

 private:
  // Not inlined: a decision may continue in a fiber of another thread, and must
  // not use the old thread's variable.
  [[gnu::noinline]] static bool exchange(bool x) {
    return std::exchange(marked, x);
  }

  static inline thread_local bool marked = false;
  bool before_;
};

/// While it exists, an allocation of this thread that fails throws at once:
/// what it does can fail, and its end frees memory. Other threads wait a while
/// for memory first (tools/tuttid/lack_of_memory.hpp), because libraries do not
/// survive an exception in the middle of their work.
class may_lack_memory {
 public:
  explicit may_lack_memory(bool x = true) : before_(exchange(x)) {}
  ~may_lack_memory() { exchange(before_); }
  may_lack_memory(const may_lack_memory&) = delete;
  may_lack_memory& operator=(const may_lack_memory&) = delete;

  [[gnu::noinline]] static bool here() { return allowed; }

 private:
  // Not inlined: a decision may continue in a fiber of another thread.
  [[gnu::noinline]] static bool exchange(bool x) {
    return std::exchange(allowed, x);
  }

  static inline thread_local bool allowed = false;
  bool before_;
};

/// Called by code that may block. With assertions on, the process ends if a
/// deciding thread calls it; `what` names the call.
inline void assert_may_wait([[maybe_unused]] const char* what) {
#ifndef NDEBUG
  if (!deciding_thread::is_current())
    return;
  std::fprintf(stderr, "%s on a thread that decides: it would wait\n", what);
  std::abort();
#endif
}

} // namespace tutti
