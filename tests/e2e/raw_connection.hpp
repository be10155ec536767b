#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace tutti::test {

/// Bytes to and from a port, for what no well-behaved client sends.
class raw_connection {
 public:
  explicit raw_connection(int port);
  ~raw_connection();
  raw_connection(const raw_connection&) = delete;
  raw_connection& operator=(const raw_connection&) = delete;

  /// False when the peer closed before it took everything.
  bool send(std::string_view bytes);
  /// What arrives until the peer closes or nothing more comes in time; a
  /// complete answer with Content-Length ends the wait.
  std::string receive(std::chrono::milliseconds patience
                      = std::chrono::seconds{10});
  /// Whether the peer has closed, seen by `receive`.
  bool closed() const { return closed_; }

 private:
  int fd_ = -1;
  bool closed_ = false;
};

/// The status code of an HTTP answer, 0 when it is none.
int status_of(std::string_view answer);
std::string_view body_of(std::string_view answer);

} // namespace tutti::test
