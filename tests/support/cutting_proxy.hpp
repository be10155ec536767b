#pragma once

#include <atomic>
#include <filesystem>
#include <string>
#include <thread>

namespace tutti::test {

/// Stands between clients and a server on a Unix socket. When told to, it cuts
/// a connection at the worst moment: the server has answered, and the client
/// does not get it.
class cutting_proxy {
 public:
  cutting_proxy(std::filesystem::path listen, std::filesystem::path server);
  ~cutting_proxy();
  cutting_proxy(const cutting_proxy&) = delete;
  cutting_proxy& operator=(const cutting_proxy&) = delete;

  /// Answers of at most 500 bytes, as a commit has, are swallowed so often, one
  /// of each `every`.
  void cut(int times, int every);
  int cuts() const { return cuts_; }

 private:
  struct pair;
  void run();
  bool forward(pair& x);

  int listener_ = -1, wake_ = -1;
  std::filesystem::path server_;
  std::atomic<int> left_{0}, every_{1}, cuts_{0};
  int seen_ = 0;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

} // namespace tutti::test
