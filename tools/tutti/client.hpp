#pragma once

#include "messages/model/result.hpp"

#include <nlohmann/json_fwd.hpp>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tutti::cli {

using query_parameters = std::vector<std::pair<std::string, std::string>>;

/// "/api/a/b?x=1" with every segment and value percent-encoded.
std::string api_path(std::initializer_list<std::string_view> segments,
                     const query_parameters& query = {});

/// Normalises a server's address: removes a trailing slash and "/api", adds the
/// scheme to "host:8080".
std::string tidy_server(std::string_view url);

struct response {
  long status = 0;
  std::string body;
};

/// The server's message and violations.
failure failure_of(const response& answer);

/// One keep-alive connection to a node. Not for two threads at a time.
class client {
 public:
  explicit client(std::string server);
  ~client();
  client(const client&) = delete;
  client& operator=(const client&) = delete;

  /// Every response is a value; failure means that none came.
  result<response> send(const char* method, const std::string& path,
                        std::optional<std::string_view> body = {});
  /// The body of a 2xx response; other responses become failures.
  result<std::string> call(const char* method, const std::string& path,
                           std::optional<std::string_view> body = {});
  /// The same, parsed. An empty body is null.
  result<nlohmann::json> call_json(const char* method, const std::string& path,
                                   std::optional<std::string_view> body = {});

  const std::string& server() const { return server_; }

 private:
  std::string server_;
  void* handle_ = nullptr;
};

} // namespace tutti::cli
