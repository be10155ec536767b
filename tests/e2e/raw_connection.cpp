#include "tests/e2e/raw_connection.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <stdexcept>

namespace tutti::test {

namespace {

bool complete(std::string_view answer) {
  const auto end = answer.find("\r\n\r\n");
  if (end == std::string_view::npos)
    return false;
  std::string head{answer.substr(0, end)};
  std::transform(head.begin(), head.end(), head.begin(),
                 [](unsigned char c) { return char(std::tolower(c)); });
  const auto at = head.find("content-length:");
  if (at == std::string::npos)
    return false;
  const auto length = std::strtoull(head.c_str() + at + 15, nullptr, 10);
  return answer.size() >= end + 4 + length;
}

} // namespace

raw_connection::raw_connection(int port) {
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(uint16_t(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (fd_ < 0
      || ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address)
             != 0)
    throw std::runtime_error("cannot connect to port " + std::to_string(port));
}

raw_connection::~raw_connection() { ::close(fd_); }

bool raw_connection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0)
      return false;
    bytes.remove_prefix(size_t(sent));
  }
  return true;
}

std::string raw_connection::receive(std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  std::string answer;
  while (!complete(answer)) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    pollfd waiting{fd_, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&waiting, 1, int(left.count())) <= 0)
      break;
    char chunk[16'384];
    const auto got = ::recv(fd_, chunk, sizeof chunk, 0);
    if (got <= 0) {
      closed_ = true;
      break;
    }
    answer.append(chunk, size_t(got));
  }
  return answer;
}

int status_of(std::string_view answer) {
  if (!answer.starts_with("HTTP/1.1 ") || answer.size() < 12)
    return 0;
  return std::atoi(std::string{answer.substr(9, 3)}.c_str());
}

std::string_view body_of(std::string_view answer) {
  const auto end = answer.find("\r\n\r\n");
  return end == std::string_view::npos ? std::string_view{}
                                       : answer.substr(end + 4);
}

} // namespace tutti::test
