#include "tests/support/cutting_proxy.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <stdexcept>
#include <vector>

namespace tutti::test {

namespace cutting_proxy_detail {

sockaddr_un address_of(const std::filesystem::path& path) {
  sockaddr_un out{};
  out.sun_family = AF_UNIX;
  if (path.native().size() >= sizeof(out.sun_path))
    throw std::runtime_error("a socket's path is too long: " + path.native());
  std::memcpy(out.sun_path, path.c_str(), path.native().size());
  return out;
}

int open_socket() { return ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0); }

bool write_all(int to, const char* data, ssize_t size) {
  while (size > 0) {
    auto n = ::send(to, data, size_t(size), MSG_NOSIGNAL);
    if (n <= 0)
      return false;
    data += n;
    size -= n;
  }
  return true;
}

} // namespace cutting_proxy_detail

using namespace cutting_proxy_detail;

struct cutting_proxy::pair {
  int client, server;
  int ready_client = 0, ready_server = 0;
};

cutting_proxy::cutting_proxy(std::filesystem::path listen,
                             std::filesystem::path server)
    : server_(std::move(server)) {
  listener_ = open_socket();
  wake_ = ::eventfd(0, EFD_CLOEXEC);
  auto at = address_of(listen);
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&at), sizeof(at)) != 0
      || ::listen(listener_, 16) != 0)
    throw std::runtime_error("cannot listen on " + listen.native());
  thread_ = std::thread([this] { run(); });
}

cutting_proxy::~cutting_proxy() {
  stop_ = true;
  const uint64_t one = 1;
  (void)!::write(wake_, &one, sizeof(one));
  thread_.join();
  ::close(listener_);
  ::close(wake_);
}

void cutting_proxy::cut(int times, int every) {
  every_ = every;
  left_ = times;
}

/// False: the connection is over.
bool cutting_proxy::forward(pair& x) {
  std::array<char, 65'536> data;
  if (x.ready_client) {
    auto n = ::recv(x.client, data.data(), data.size(), 0);
    if (n <= 0 || !write_all(x.server, data.data(), n))
      return false;
  }
  if (x.ready_server) {
    auto n = ::recv(x.server, data.data(), data.size(), 0);
    if (n <= 0)
      return false;
    if (left_ > 0 && n <= 500 && ++seen_ % every_ == 0) {
      --left_;
      ++cuts_;
      return false;
    }
    if (!write_all(x.client, data.data(), n))
      return false;
  }
  return true;
}

void cutting_proxy::run() {
  std::vector<pair> all;
  while (!stop_) {
    std::vector<pollfd> asked{{wake_, POLLIN, 0}, {listener_, POLLIN, 0}};
    for (auto& x : all) {
      asked.push_back({x.client, POLLIN, 0});
      asked.push_back({x.server, POLLIN, 0});
    }
    ::poll(asked.data(), asked.size(), -1);
    for (size_t i = 0; i < all.size(); ++i) {
      all[i].ready_client = asked[2 + 2 * i].revents;
      all[i].ready_server = asked[3 + 2 * i].revents;
    }
    std::erase_if(all, [&](pair& x) {
      if (forward(x))
        return false;
      ::close(x.client);
      ::close(x.server);
      return true;
    });
    if (asked[1].revents == 0)
      continue;
    pair next{::accept(listener_, nullptr, nullptr), open_socket()};
    auto at = address_of(server_);
    if (::connect(next.server, reinterpret_cast<sockaddr*>(&at), sizeof(at))
        == 0) {
      all.push_back(next);
    } else {
      ::close(next.client);
      ::close(next.server);
    }
  }
  for (auto& x : all) {
    ::close(x.client);
    ::close(x.server);
  }
}

} // namespace tutti::test
