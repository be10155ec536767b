#include "tests/support/http_target.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <stdexcept>

namespace tutti::test {

namespace http_target_detail {

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return char(std::tolower(c)); });
  return text;
}

/// Removes the first request from `bytes`; nullopt while it is incomplete.
std::optional<target_request> take_request(std::string& bytes) {
  auto end = bytes.find("\r\n\r\n");
  if (end == bytes.npos)
    return std::nullopt;
  target_request out;
  std::string_view head(bytes.data(), end);
  auto line = head.substr(0, head.find("\r\n"));
  auto space = line.find(' ');
  out.method = line.substr(0, space);
  out.path = line.substr(space + 1, line.rfind(' ') - space - 1);
  while (true) {
    auto next = head.find("\r\n");
    if (next == head.npos)
      break;
    head.remove_prefix(next + 2);
    auto field = head.substr(0, head.find("\r\n"));
    auto colon = field.find(':');
    auto value = colon == field.npos ? "" : field.substr(colon + 1);
    while (value.starts_with(' '))
      value.remove_prefix(1);
    out.headers[lower(std::string(field.substr(0, colon)))] = value;
  }
  size_t length = 0;
  if (auto it = out.headers.find("content-length"); it != out.headers.end())
    length = std::stoul(it->second);
  if (bytes.size() < end + 4 + length)
    return std::nullopt;
  out.body = bytes.substr(end + 4, length);
  bytes.erase(0, end + 4 + length);
  return out;
}

} // namespace http_target_detail

http_target::http_target(handler answer, bool ipv6)
    : answer_(std::move(answer)), ipv6_(ipv6) {
  listener_ = socket(ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int bound = -1;
  socklen_t size = 0;
  sockaddr_in6 v6{};
  sockaddr_in v4{};
  if (ipv6) {
    v6.sin6_family = AF_INET6;
    v6.sin6_addr = in6addr_loopback;
    size = sizeof v6;
    bound = bind(listener_, reinterpret_cast<sockaddr*>(&v6), size);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&v6), &size);
    port_ = ntohs(v6.sin6_port);
  } else {
    v4.sin_family = AF_INET;
    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    size = sizeof v4;
    bound = bind(listener_, reinterpret_cast<sockaddr*>(&v4), size);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&v4), &size);
    port_ = ntohs(v4.sin_port);
  }
  if (bound != 0 || listen(listener_, 512) != 0)
    throw std::runtime_error("no port for a server");
  thread_ = std::thread([this] { serve(); });
}

http_target::~http_target() {
  {
    std::lock_guard guard(mutex_);
    stopping_ = true;
    for (int client : clients_)
      shutdown(client, SHUT_RDWR);
  }
  stopped_.notify_all();
  shutdown(listener_, SHUT_RDWR);
  thread_.join();
  close(listener_);
  for (auto& x : talks_)
    x.join();
}

std::string http_target::url(std::string_view path) const {
  return std::string("http://") + (ipv6_ ? "[::1]" : "127.0.0.1") + ':'
         + std::to_string(port_) + std::string(path);
}

void http_target::hang(std::chrono::milliseconds at_most) {
  std::unique_lock lock(mutex_);
  stopped_.wait_for(lock, at_most, [&] { return stopping_; });
}

void http_target::serve() {
  while (true) {
    int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0)
      return;
    int yes = 1;
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    std::lock_guard guard(mutex_);
    if (stopping_) {
      close(client);
      return;
    }
    ++connections_;
    clients_.push_back(client);
    talks_.emplace_back([this, client] { converse(client); });
  }
}

void http_target::converse(int client) {
  using namespace http_target_detail;
  bool open = true;
  auto put = [&](std::string_view bytes) {
    while (open && !bytes.empty()) {
      auto n = send(client, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      open = n > 0;
      if (open)
        bytes.remove_prefix(size_t(n));
    }
    return open;
  };
  std::string bytes;
  char block[16 << 10];
  while (open) {
    if (auto request = take_request(bytes)) {
      ++requests_;
      answer_(*request, put);
      continue;
    }
    auto n = recv(client, block, sizeof block, 0);
    open = n > 0;
    if (open)
      bytes.append(block, size_t(n));
  }
  std::lock_guard guard(mutex_);
  clients_.remove(client);
  close(client);
}

std::string http_text(int status, std::string_view body, std::string_view type,
                      std::string_view more_headers) {
  std::string out = "HTTP/1.1 " + std::to_string(status)
                    + (status == 200 ? " OK" : " Other") + "\r\n";
  if (!type.empty())
    out += "Content-Type: " + std::string(type) + "\r\n";
  out += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  out += more_headers;
  return out + "\r\n" + std::string(body);
}

} // namespace tutti::test
