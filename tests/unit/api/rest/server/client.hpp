#pragma once

#include "api/rest/server/server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace tutti::rest::test {

struct reply {
  int status = 0; ///< 0: the connection ended without an answer
  std::string head;
  std::string body;

  bool has(std::string_view line) const {
    return head.find("\r\n" + std::string(line)) != head.npos;
  }
};

/// A client that says what it is told, byte by byte if need be.
class client {
 public:
  explicit client(uint16_t port, int receive_buffer = 0)
      : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (receive_buffer > 0)
      setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer,
                 sizeof receive_buffer);
    timeval patience{.tv_sec = 20, .tv_usec = 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0)
      throw std::runtime_error("connect failed");
  }
  ~client() { leave(); }
  client(client&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), in_(std::move(other.in_)) {}
  client& operator=(client&&) = delete;

  bool say(std::string_view bytes) {
    while (!bytes.empty()) {
      auto n = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0)
        return false;
      bytes.remove_prefix(static_cast<size_t>(n));
    }
    return true;
  }

  reply ask(std::string_view bytes) {
    say(bytes);
    return hear();
  }

  reply get(const std::string& target) {
    return ask("GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n");
  }

  /// The next answer; `bodiless` for HEAD.
  reply hear(bool bodiless = false) {
    reply r;
    size_t end;
    while ((end = in_.find("\r\n\r\n")) == in_.npos)
      if (!more())
        return r;
    r.head = in_.substr(0, end + 2);
    in_.erase(0, end + 4);
    r.status = std::atoi(r.head.c_str() + 9);
    size_t length = 0;
    if (auto at = r.head.find("Content-Length: "); at != r.head.npos)
      length = std::strtoull(r.head.c_str() + at + 16, nullptr, 10);
    if (bodiless)
      length = 0;
    while (in_.size() < length)
      if (!more())
        return {};
    r.body = in_.substr(0, length);
    in_.erase(0, length);
    return r;
  }

  /// Reads to the end of the stream; false if it does not come.
  bool ended() {
    while (more())
      in_.clear();
    return errno_ != EAGAIN;
  }

  /// Whether bytes arrive within that time.
  bool hears_within(std::chrono::milliseconds time) {
    pollfd p{fd_, POLLIN, 0};
    return !in_.empty() || ::poll(&p, 1, static_cast<int>(time.count())) > 0;
  }

  void half_close() { shutdown(fd_, SHUT_WR); }
  void leave() {
    if (fd_ >= 0)
      close(std::exchange(fd_, -1));
  }

 private:
  bool more() {
    char buffer[16384];
    errno_ = 0;
    auto n = recv(fd_, buffer, sizeof buffer, 0);
    if (n <= 0) {
      errno_ = n < 0 ? errno : 0;
      return false;
    }
    in_.append(buffer, static_cast<size_t>(n));
    return true;
  }

  int fd_;
  int errno_ = 0;
  std::string in_;
};

inline std::unique_ptr<server> serve(request_handler handler,
                                     server_options options = {}) {
  auto started = server::start(std::move(options), std::move(handler));
  if (!started)
    throw std::runtime_error(started.failure().message);
  return std::move(*started);
}

/// Answers with method, segments, parameters and body: "POST /a/b?x=1 body".
inline void echo(std::shared_ptr<exchange> x) {
  std::string out(x->method_name());
  out += ' ';
  for (auto s : x->segments())
    out.append("/").append(s);
  for (auto& [name, value] : x->parameters())
    out.append("?").append(name).append("=").append(value);
  if (!x->body().empty())
    out.append(" ").append(x->body());
  x->reply(text(std::move(out)));
}

} // namespace tutti::rest::test
