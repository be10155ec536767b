#pragma once

#include <utility>

namespace tutti {

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

} // namespace tutti
