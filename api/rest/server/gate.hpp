#pragma once

#include "api/auth/permission.hpp"
#include "api/rest/server/counts.hpp"
#include "api/rest/server/exchange.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tutti::rest {

/// What a route does with the body of a request.
enum class body_kind : uint8_t {
  json, ///< it must call itself JSON, or nothing
  raw,  ///< its bytes are taken, whatever they call themselves
};

struct gate_settings {
  /// Names under which clients may address the server besides addresses, names
  /// of loopback and the host's own; "*.example.org" for all below a domain,
  /// "*" for all.
  std::vector<std::string> hosts;
  /// Origins whose pages may send requests: "https://console.example.org", "*".
  std::vector<std::string> origins;
};

/// Keeps pages of a browser out that have no business here. Who listens on
/// loopback, or behind a firewall, is reached by every page that a user of that
/// machine opens: under a name of its own that resolves to us (`Host`), from
/// another origin (`Origin`, `Sec-Fetch-Site`), or by a form, which needs no
/// permission of the browser but cannot call its body JSON.
///
/// Clients that are no browser send neither of these headers, and no name but
/// the one they were given.
class gate {
 public:
  gate(gate_settings settings, std::shared_ptr<server_counts> counts)
      : settings_(std::move(settings)), counts_(std::move(counts)) {}

  /// The refusal, if there is one. Pages of an origin that is configured get
  /// the headers with which a browser lets them read the answer.
  std::optional<response> check(exchange& x, api::permission needs,
                                body_kind body) const;

  bool knows_host(std::string_view host) const;
  bool knows_origin(std::string_view origin, std::string_view host) const;

 private:
  std::optional<response> refuse(refusal kind, uint16_t status,
                                 std::string why) const;
  std::optional<response> check_body(const exchange& x) const;

  const gate_settings settings_;
  const std::shared_ptr<server_counts> counts_;
};

} // namespace tutti::rest
