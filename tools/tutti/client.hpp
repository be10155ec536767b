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

/// "http://host:8080" from what a user may type: a trailing slash or "/api"
/// goes, "host:8080" gets its scheme.
std::string tidy_server(std::string_view url);

struct response {
  long status = 0;
  std::string body;
};

/// What an error answer says, in the server's words: message and violations.
failure failure_of(const response& answer);

/// One keep-alive connection to a node. Not for use by two threads at a time.
class client {
 public:
  explicit client(std::string server);
  ~client();
  client(const client&) = delete;
  client& operator=(const client&) = delete;

  /// Any answer is a value; the failure is that there was none.
  result<response> send(const char* method, const std::string& path,
                        std::optional<std::string_view> body = {});
  /// The body of a 2xx answer; other answers become failures.
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
