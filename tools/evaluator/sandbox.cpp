#include "tools/evaluator/sandbox.hpp"

#include "actors/evaluators/frame.hpp"

#include <seccomp.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace tutti::evaluator {

namespace sandbox_detail {

// Determined with the attack suite; the garbage collector calls getrusage.
constexpr int allowed[] = {
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(futex),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(brk),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sched_yield),
    SCMP_SYS(getrandom),
    SCMP_SYS(gettid),
    SCMP_SYS(getpid),
    SCMP_SYS(tgkill),
    SCMP_SYS(rseq),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(getrusage),
};

// The C library opens files by itself (time zones, limits) and copes without
// them.
constexpr int refused[] = {
    SCMP_SYS(open),     SCMP_SYS(openat), SCMP_SYS(stat),  SCMP_SYS(newfstatat),
    SCMP_SYS(readlink), SCMP_SYS(access), SCMP_SYS(lstat), SCMP_SYS(readlinkat),
    SCMP_SYS(statx),    SCMP_SYS(getcwd),
};

void limit(int what, rlim_t value) {
  rlimit x{value, value};
  setrlimit(static_cast<__rlimit_resource>(what), &x);
}

/// Data size of the process, in bytes.
size_t data_now() {
  size_t size = 0, data = 0;
  if (auto* file = std::fopen("/proc/self/statm", "re")) {
    if (std::fscanf(file, "%zu %*u %*u %*u %*u %zu", &size, &data) != 2)
      data = 0;
    std::fclose(file);
  }
  return data * size_t(sysconf(_SC_PAGESIZE));
}

int add_rules(scmp_filter_ctx filter) {
  int bad = 0;
  for (int call : allowed)
    bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
  for (int call : refused)
    bad |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), call, 0);
  for (int call : {SCMP_SYS(mmap), SCMP_SYS(mprotect)}) {
    bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1,
                            SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    bad |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), call, 1,
                            SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC));
  }
  return bad;
}

} // namespace sandbox_detail

void detach(int parent_pid) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent_pid)
    _exit(0); // the parent ended before the line above
  close_range(evaluators::evaluator_socket + 1, ~0u, 0);
  sandbox_detail::limit(RLIMIT_CORE, 0);
}

std::string seal(size_t data_bytes) {
  using namespace sandbox_detail;
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null < 0)
    return "/dev/null cannot be opened";
  for (int standard : {0, 1, 2})
    dup2(null, standard);
  close(null);
  limit(RLIMIT_DATA, data_now() + data_bytes);
  limit(RLIMIT_NOFILE, 0);
  limit(RLIMIT_FSIZE, 0);
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    return "no_new_privs is not available";
  // The filter checks the architecture first; calls of another one kill the
  // process.
  auto filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
  if (!filter)
    return "seccomp is not available";
  int bad
      = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS)
        | seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1)
        | add_rules(filter);
  if (!bad)
    bad = seccomp_load(filter);
  seccomp_release(filter);
  return bad ? "the system call filter was refused" : "";
}

} // namespace tutti::evaluator
