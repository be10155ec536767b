#pragma once

#include "messages/model/result.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <functional>
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
  /// The sentences of the header `Tutti-Warnings`.
  std::vector<std::string> warnings = {};
  /// `Tutti-Total`: how many there are of what the body lists a part of; -1:
  /// not said.
  int64_t total = -1;
};

/// A kind of failure that only clients have: the request was sent and not
/// answered in time, so that nobody knows whether it was carried out.
constexpr errc not_in_time{255};

/// Whether there was no answer; the same request may get one later.
bool is_silence(errc why);

/// The server's message and violations.
failure failure_of(const response& answer);

constexpr int64_t default_timeout_ms = 60'000;

/// One keep-alive connection to a node. Not for two threads at a time.
class client {
 public:
  /// `key`: sent as X-Authorization, as Conductor's clients do; may be empty.
  explicit client(std::string server, std::string key = {});
  ~client();
  client(const client&) = delete;
  client& operator=(const client&) = delete;

  /// Every response is a value; failure means that none came (in time), or that
  /// the server is neither Tutti nor Conductor (errc::illegal_state, which no
  /// server answers): that is asked once, before anything else.
  result<response> send(const char* method, const std::string& path,
                        std::optional<std::string_view> body = {});
  /// The body of a 2xx response; other responses become failures.
  result<std::string> call(const char* method, const std::string& path,
                           std::optional<std::string_view> body = {});
  /// The same, parsed. An empty body is null.
  result<nlohmann::json> call_json(const char* method, const std::string& path,
                                   std::optional<std::string_view> body = {});

  const std::string& server() const { return server_; }
  const std::string& key() const { return key_; }
  /// How many there are of what the last answer listed; -1: it did not say.
  int64_t total() const { return total_; }
  /// For a user who waits for a key: what is not there at once is not there.
  void hurry(bool on) { hurried_ = on; }
  /// How long an answer may take.
  void give_up_after(int64_t ms) { timeout_ms_ = ms; }
  /// For requests that the node keeps so long before it answers.
  void be_patient(int64_t ms) { patience_ms_ = ms; }
  /// Ends a request that waits once `asked` is true.
  void cancel_when(std::function<bool()> asked) { cancel_ = std::move(asked); }
  /// What the server warned of, since the last call of this.
  std::vector<std::string> take_warnings() {
    return std::exchange(warnings_, {});
  }

 private:
  result<response> perform(const char* method, const std::string& path,
                           std::optional<std::string_view> body);
  std::optional<failure> stranger();

  std::string server_, key_;
  void* handle_ = nullptr;
  bool known_ = false, hurried_ = false;
  int64_t total_ = -1, timeout_ms_ = default_timeout_ms, patience_ms_ = 0;
  std::function<bool()> cancel_;
  std::vector<std::string> warnings_;
};

} // namespace tutti::cli
