#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace tutti::test {

struct http_reply {
  int status = 0; ///< 0: no answer, see `trouble`
  std::string body;
  std::string content_type;
  std::string trouble;

  bool answered() const { return status != 0; }
  bool ok() const { return status >= 200 && status < 300; }
};

/// Blocking, one keep-alive connection; not for use by two threads at once.
class http_client {
 public:
  explicit http_client(std::string base_url, std::chrono::milliseconds timeout
                                             = std::chrono::seconds{30});
  ~http_client();
  http_client(http_client&&) noexcept;

  /// `path` starts with a slash and is sent as it is. A body is sent as JSON.
  http_reply send(std::string_view method, std::string_view path,
                  std::string_view body = {});

  const std::string& base_url() const { return base_url_; }

 private:
  struct handle;
  std::unique_ptr<handle> handle_;
  std::string base_url_;
};

/// One segment of a path, or one value of a query.
std::string percent_encoded(std::string_view text);

} // namespace tutti::test
