#include "tools/evaluator/sandbox.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <cstdlib>

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sandbox_test {

/// How a sealed process ends that does this: its signal, else minus what it
/// returned. Functions return 0 or an errno.
template <class F>
int sealed(F what) {
  auto child = fork();
  if (child == 0) {
    if (!tutti::evaluator::seal(64 << 20).empty())
      _exit(99);
    _exit(what());
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? WTERMSIG(status) : -WEXITSTATUS(status);
}

int error_of(long returned) { return returned < 0 ? errno : 0; }

constexpr int killed = SIGSYS;

} // namespace sandbox_test

using namespace sandbox_test;

TEST_CASE("a sealed process computes, and ends when it likes") {
  CHECK(sealed([] { return 0; }) == 0);
  CHECK(sealed([] {
          std::free(std::malloc(1 << 20));
          return 7;
        })
        == -7);
}

TEST_CASE("a sealed process opens no file") {
  CHECK(sealed([] { return error_of(open("/etc/passwd", O_RDONLY)); })
        == -EACCES);
  CHECK(sealed([] {
          return error_of(open("/tmp/sealed", O_WRONLY | O_CREAT, 0600));
        })
        == -EACCES);
  CHECK(sealed([] { return error_of(syscall(SYS_unlink, "/tmp/x")); })
        == killed);
}

TEST_CASE("a sealed process speaks to nobody and starts nothing") {
  CHECK(sealed([] { return error_of(socket(AF_INET, SOCK_STREAM, 0)); })
        == killed);
  CHECK(sealed([] {
          char* const none[] = {nullptr};
          return error_of(execve("/bin/true", none, none));
        })
        == killed);
  CHECK(sealed([] { return error_of(fork()); }) == killed);
  CHECK(sealed([] { return error_of(kill(getpid(), 0)); }) == killed);
  CHECK(sealed([] { return error_of(syscall(SYS_ptrace, 0, 0, 0, 0)); })
        == killed);
  CHECK(sealed([] { return error_of(syscall(SYS_io_uring_setup, 1, nullptr)); })
        == killed);
}

TEST_CASE("a sealed process makes no code") {
  auto map = [](int protection) {
    return mmap(nullptr, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  };
  CHECK(sealed([&] {
          return map(PROT_READ | PROT_EXEC) == MAP_FAILED ? errno : 0;
        })
        == -EPERM);
  CHECK(sealed([&] {
          auto* page = map(PROT_READ | PROT_WRITE);
          return page == MAP_FAILED
                     ? 98
                     : error_of(mprotect(page, 4096, PROT_READ | PROT_EXEC));
        })
        == -EPERM);
}

TEST_CASE("a sealed process has its memory counted") {
  CHECK(sealed([] { return std::malloc(256 << 20) ? 0 : ENOMEM; }) == -ENOMEM);
}

#ifdef __x86_64__
TEST_CASE("calls in the manner of another architecture end the process") {
  CHECK(sealed([] {
          int out = 20; // getpid of 32 bit programs
          asm volatile("int $0x80" : "+a"(out) : : "memory");
          return 0;
        })
        == killed);
}
#endif
