#include "messages/model/threads/background.hpp"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

namespace tutti {

namespace background_detail {

/// As nice(1) counts; each step is a quarter more or less of the CPU.
constexpr int niceness = 10;

} // namespace background_detail

void run_in_background(const char* name) {
  pthread_setname_np(pthread_self(), name);
  // Linux has priorities per thread. A node that was started with a lower one
  // keeps it; a refusal changes nothing but the share.
  auto id = id_t(gettid());
  if (getpriority(PRIO_PROCESS, id) < background_detail::niceness)
    setpriority(PRIO_PROCESS, id, background_detail::niceness);
}

} // namespace tutti
