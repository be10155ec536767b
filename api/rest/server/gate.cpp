#include "api/rest/server/gate.hpp"

#include "api/rest/server/text.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace tutti::rest {

namespace gate_detail {

/// Without the port and the brackets of an IPv6 address.
std::string_view name_in(std::string_view host) {
  if (host.starts_with('[')) {
    auto end = host.find(']');
    return end == host.npos ? host : host.substr(1, end - 1);
  }
  host = host.substr(0, host.find(':'));
  return host.ends_with('.') ? host.substr(0, host.size() - 1) : host;
}

/// Nobody can make an address resolve to another one.
bool is_address(std::string_view name) {
  std::string text(name.substr(0, name.find('%')));
  std::array<unsigned char, sizeof(in6_addr)> out;
  return inet_pton(AF_INET, text.c_str(), out.data()) == 1
         || inet_pton(AF_INET6, text.c_str(), out.data()) == 1;
}

bool ends_with_name(std::string_view name, std::string_view tail) {
  return name.size() > tail.size()
         && same_name(name.substr(name.size() - tail.size()), tail);
}

bool fits(std::string_view name, std::string_view rule) {
  if (rule == "*")
    return true;
  if (rule.starts_with("*."))
    return ends_with_name(name, rule.substr(1));
  return same_name(name, rule);
}

/// The media type alone, without parameters.
std::string_view type_in(std::string_view value) {
  value = value.substr(0, value.find(';'));
  while (value.ends_with(' ') || value.ends_with('\t'))
    value.remove_suffix(1);
  return value;
}

bool is_json(std::string_view type) {
  return type.empty() || same_name(type, "application/json")
         || ends_with_name(type, "/json") || ends_with_name(type, "+json");
}

std::string quoted(std::string_view text) {
  return "'" + std::string(text) + "'";
}

} // namespace gate_detail

bool gate::knows_host(std::string_view host) const {
  using namespace gate_detail;
  auto name = name_in(host);
  if (is_address(name) || same_name(name, "localhost")
      || ends_with_name(name, ".localhost") || same_name(name, instance_name()))
    return true;
  return std::ranges::any_of(settings_.hosts,
                             [&](auto& rule) { return fits(name, rule); });
}

bool gate::knows_origin(std::string_view origin, std::string_view host) const {
  // A page that this server sent, also through a proxy that ends TLS.
  auto scheme = origin.find("://");
  if (scheme != origin.npos && same_name(origin.substr(scheme + 3), host))
    return true;
  return std::ranges::any_of(settings_.origins, [&](auto& rule) {
    return rule == "*" || same_name(rule, origin);
  });
}

std::optional<response> gate::refuse(refusal kind, uint16_t status,
                                     std::string why) const {
  if (counts_)
    counts_->refused(kind);
  return error(status, why);
}

std::optional<response> gate::check_body(const exchange& x) const {
  using namespace gate_detail;
  auto type = type_in(x.header("Content-Type").value_or(""));
  if (is_json(type)
      || x.body().find_first_not_of(" \t\r\n") == std::string_view::npos)
    return std::nullopt;
  return refuse(refusal::media_type, 415,
                "the body is " + quoted(type)
                    + "; this server reads JSON. Send the header "
                      "'Content-Type: application/json' (curl: -H "
                      "'Content-Type: application/json')");
}

std::optional<response> gate::check(exchange& x, api::permission needs,
                                    body_kind body) const {
  using namespace gate_detail;
  auto host = x.header("Host").value_or("");
  if (!host.empty() && !knows_host(host))
    return refuse(refusal::host, 403,
                  "this server is not known as " + quoted(name_in(host))
                      + ". If clients shall use that name, add it to "
                        "http.allowed_hosts");
  if (auto origin = x.header("Origin")) {
    if (!knows_origin(*origin, host))
      return refuse(refusal::origin, 403,
                    "pages of " + quoted(*origin)
                        + " may not use this server. If they shall, add it to "
                          "http.allowed_origins");
    x.add_reply_header("Access-Control-Allow-Origin", std::string(*origin));
    x.add_reply_header("Vary", "Origin");
    if (auto wanted = x.header("Access-Control-Request-Headers"))
      x.add_reply_header("Access-Control-Allow-Headers", std::string(*wanted));
    if (auto wanted = x.header("Access-Control-Request-Method"))
      x.add_reply_header("Access-Control-Allow-Methods", std::string(*wanted));
  } else if (auto site = x.header("Sec-Fetch-Site").value_or("none");
             same_name(site, "cross-site") || same_name(site, "same-site")) {
    // A picture or a form of another page. Whoever follows a link may read.
    bool follows
        = same_name(x.header("Sec-Fetch-Mode").value_or(""), "navigate");
    if (!follows || !api::is_read(needs) || x.method() != method::get)
      return refuse(refusal::origin, 403,
                    "pages of other sites may not use this server. If they "
                    "shall, add their origin to http.allowed_origins");
  }
  return body == body_kind::json ? check_body(x) : std::nullopt;
}

} // namespace tutti::rest
