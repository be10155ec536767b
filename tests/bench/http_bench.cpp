// What a request costs the HTTP server: CPU of its loop thread, answers with
// 1 KB of JSON, first alone, then beside 2,000 parked polls, then with every
// answer coming from another thread.
#include "api/rest/server/router.hpp"
#include "api/rest/server/server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <ctime>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using namespace tutti::rest;
using namespace std::chrono_literals;

int connected(uint16_t port) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) {
    std::perror("connect");
    std::exit(1);
  }
  int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

double cpu_us(clockid_t clock) {
  timespec t{};
  clock_gettime(clock, &t);
  return static_cast<double>(t.tv_sec) * 1e6
         + static_cast<double>(t.tv_nsec) / 1e3;
}

// Closed loop: each connection asks again as soon as it has its answer.
uint64_t drive(uint16_t port, std::string_view request, int connections,
               std::chrono::steady_clock::duration time) {
  int poll = epoll_create1(0);
  std::vector<int> fds;
  for (int i = 0; i < connections; ++i) {
    fds.push_back(connected(port));
    epoll_event e{};
    e.events = EPOLLIN;
    e.data.fd = fds.back();
    epoll_ctl(poll, EPOLL_CTL_ADD, fds.back(), &e);
    send(fds.back(), request.data(), request.size(), MSG_NOSIGNAL);
  }
  uint64_t answers = 0;
  std::vector<char> buffer(64 << 10);
  std::vector<epoll_event> events(64);
  auto until = std::chrono::steady_clock::now() + time;
  while (std::chrono::steady_clock::now() < until) {
    int n = epoll_wait(poll, events.data(), 64, 100);
    for (int i = 0; i < n; ++i) {
      int fd = events[static_cast<size_t>(i)].data.fd;
      // An answer is below one segment: it comes in one piece.
      if (recv(fd, buffer.data(), buffer.size(), 0) <= 0)
        continue;
      ++answers;
      send(fd, request.data(), request.size(), MSG_NOSIGNAL);
    }
  }
  for (int fd : fds)
    close(fd);
  close(poll);
  return answers;
}

struct elsewhere {
  std::mutex mutex;
  std::condition_variable more;
  std::deque<std::shared_ptr<exchange>> queue;
  bool over = false;

  void put(std::shared_ptr<exchange> x) {
    std::lock_guard guard(mutex);
    queue.push_back(std::move(x));
    more.notify_one();
  }
  void run(const std::string& body) {
    std::unique_lock guard(mutex);
    while (true) {
      more.wait(guard, [&] { return over || !queue.empty(); });
      if (over)
        return;
      auto batch = std::exchange(queue, {});
      guard.unlock();
      for (auto& x : batch)
        x->reply(json(body));
      guard.lock();
    }
  }
};

} // namespace

int main(int argc, char** argv) {
  auto time = std::chrono::seconds(argc > 1 ? std::atoi(argv[1]) : 3);
  const std::string body = "{\"x\":\"" + std::string(1015, 'x') + "\"}";
  std::atomic<bool> known = false;
  clockid_t loop_clock{};
  std::mutex mutex;
  std::vector<std::shared_ptr<exchange>> parked;
  elsewhere other;

  router routes;
  auto add = [&](std::string_view pattern, route_handler handler) {
    if (!routes.add(method::get, pattern, std::move(handler)))
      std::exit(1);
  };
  add("/api/workflow/{id}",
      [&](std::shared_ptr<exchange> x, const path_params&) {
        if (!known.exchange(true))
          pthread_getcpuclockid(pthread_self(), &loop_clock);
        x->reply(json(body));
      });
  add("/api/tasks/poll/{tasktype}",
      [&](std::shared_ptr<exchange> x, const path_params&) {
        std::lock_guard guard(mutex);
        parked.push_back(std::move(x));
      });
  add("/api/other/{id}", [&](std::shared_ptr<exchange> x, const path_params&) {
    other.put(std::move(x));
  });
  auto started = server::start(
      {}, [&](std::shared_ptr<exchange> x) { routes(std::move(x)); });
  if (!started) {
    std::fprintf(stderr, "%s\n", started.failure().message.c_str());
    return 1;
  }
  auto& s = **started;
  std::thread answering([&] { other.run(body); });
  auto request = [](std::string_view path) {
    return "GET " + std::string(path)
           + " HTTP/1.1\r\nHost: localhost:8080\r\nUser-Agent: bench\r\n"
             "Accept: application/json\r\n\r\n";
  };
  auto plain = request("/api/workflow/4c1e5a52-9f35-4b0e-8f3c-0a8f1c6a1a11");
  drive(s.port(), plain, 8, 200ms);
  auto measure = [&](const char* name, const std::string& what, int n) {
    auto before = cpu_us(loop_clock);
    auto count = drive(s.port(), what, n, time);
    auto used = cpu_us(loop_clock) - before;
    std::printf("%-34s %8.0f requests/s %6.2f us CPU of the loop each\n", name,
                static_cast<double>(count)
                    / std::chrono::duration<double>(time).count(),
                used / static_cast<double>(count));
  };
  measure("64 connections", plain, 64);
  measure("1 connection", plain, 1);
  std::vector<int> polls;
  auto poll = request("/api/tasks/poll/encode?workerid=w1&timeout=5000");
  for (int i = 0; i < 2000; ++i) {
    polls.push_back(connected(s.port()));
    send(polls.back(), poll.data(), poll.size(), MSG_NOSIGNAL);
  }
  measure("64, beside 2,000 parked polls", plain, 64);
  measure("64, answered by another thread", request("/api/other/1"), 64);
  {
    std::lock_guard guard(other.mutex);
    other.over = true;
    other.more.notify_one();
  }
  answering.join();
  s.stop();
  for (int fd : polls)
    close(fd);
}
