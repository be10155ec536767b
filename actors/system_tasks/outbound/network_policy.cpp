#include "actors/system_tasks/outbound/network_policy.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace tutti {

namespace network_policy_detail {

using bytes = std::array<unsigned char, 16>;

constexpr bytes mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bytes mapped(const void* v4) {
  auto out = mapped_prefix;
  std::memcpy(out.data() + 12, v4, 4);
  return out;
}

bool is_v4(const bytes& x) {
  return std::equal(x.begin(), x.begin() + 12, mapped_prefix.begin());
}

std::optional<bytes> read_address(const std::string& text) {
  in_addr v4;
  if (inet_pton(AF_INET, text.c_str(), &v4) == 1)
    return mapped(&v4);
  bytes out;
  if (inet_pton(AF_INET6, text.c_str(), out.data()) == 1)
    return out;
  return std::nullopt;
}

std::string text_of(const bytes& x) {
  char out[INET6_ADDRSTRLEN] = "";
  if (is_v4(x))
    inet_ntop(AF_INET, x.data() + 12, out, sizeof out);
  else
    inet_ntop(AF_INET6, x.data(), out, sizeof out);
  return out;
}

std::string_view trimmed(std::string_view text) {
  auto first = text.find_first_not_of(" \t");
  if (first == text.npos)
    return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// The IPv4 address embedded in an IPv6 address that a translator forwards.
std::optional<bytes> embedded(const bytes& x) {
  static constexpr unsigned char nat64[12] = {0, 0x64, 0xff, 0x9b};
  static constexpr unsigned char nothing[12] = {};
  if (std::memcmp(x.data(), nat64, 12) == 0)
    return mapped(x.data() + 12);
  if (x[0] == 0x20 && x[1] == 0x02) // 6to4
    return mapped(x.data() + 2);
  // IPv4-compatible addresses; `::` and `::1` are not among them.
  if (std::memcmp(x.data(), nothing, 12) == 0
      && (x[12] != 0 || x[13] != 0 || x[14] != 0 || x[15] > 1))
    return mapped(x.data() + 12);
  return std::nullopt;
}

struct special {
  const char* network;
  std::string_view kind;
};

// IANA's special-purpose registries: networks that are not globally reachable.
constexpr special specials[] = {
    {"0.0.0.0/8", "an unspecified"},
    {"10.0.0.0/8", "a private"},
    {"100.64.0.0/10", "a shared (carrier)"},
    {"127.0.0.0/8", "a loopback"},
    {"169.254.0.0/16", "a link-local"},
    {"172.16.0.0/12", "a private"},
    {"192.0.0.0/24", "a reserved"},
    {"192.0.2.0/24", "a reserved"},
    {"192.88.99.0/24", "a reserved"},
    {"192.168.0.0/16", "a private"},
    {"198.18.0.0/15", "a reserved"},
    {"198.51.100.0/24", "a reserved"},
    {"203.0.113.0/24", "a reserved"},
    {"224.0.0.0/4", "a multicast"},
    {"240.0.0.0/4", "a reserved"},
    {"::/128", "an unspecified"},
    {"::1/128", "a loopback"},
    {"64:ff9b:1::/48", "a private"},
    {"100::/64", "a reserved"},
    {"2001::/23", "a reserved"},
    {"2001:db8::/32", "a reserved"},
    {"3fff::/20", "a reserved"},
    {"5f00::/16", "a reserved"},
    {"fc00::/7", "a private"},
    {"fe80::/10", "a link-local"},
    {"fec0::/10", "a private"},
    {"ff00::/8", "a multicast"},
};

} // namespace network_policy_detail

std::optional<network_policy::network>
network_policy::read_network(std::string_view text) {
  using namespace network_policy_detail;
  auto slash = text.find('/');
  auto address = read_address(std::string(text.substr(0, slash)));
  if (!address)
    return std::nullopt;
  int most = text.substr(0, slash).find(':') == text.npos ? 32 : 128;
  int bits = most;
  if (slash != text.npos) {
    auto digits = text.substr(slash + 1);
    auto [end, error]
        = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (error != std::errc() || end != digits.data() + digits.size() || bits < 0
        || bits > most)
      return std::nullopt;
  }
  return network{*address, bits + (128 - most)};
}

bool network_policy::holds(const network& where, const bytes& address) {
  int whole = where.bits / 8, rest = where.bits % 8;
  if (std::memcmp(where.address.data(), address.data(), size_t(whole)) != 0)
    return false;
  if (rest == 0)
    return true;
  auto mask = static_cast<unsigned char>(0xff << (8 - rest));
  return (where.address[size_t(whole)] & mask)
         == (address[size_t(whole)] & mask);
}

result<network_policy> network_policy::parse(std::string_view networks) {
  using namespace network_policy_detail;
  network_policy out;
  while (!networks.empty()) {
    auto comma = networks.find(',');
    auto one = trimmed(networks.substr(0, comma));
    networks.remove_prefix(comma == networks.npos ? networks.size()
                                                  : comma + 1);
    if (one.empty())
      continue;
    auto read = read_network(one);
    if (!read)
      return failure{errc::invalid, "'" + std::string(one)
                                        + "' is no network: write an address, "
                                          "or an address/bits"};
    out.allowed_.push_back(*read);
  }
  return out;
}

bool network_policy::allows(const bytes& address) const {
  return std::ranges::any_of(
      allowed_, [&](auto& where) { return holds(where, address); });
}

std::string_view network_policy::kind_of(const bytes& address) {
  using namespace network_policy_detail;
  static const auto networks = [] {
    std::vector<std::pair<network, std::string_view>> out;
    for (auto& [text, kind] : specials)
      out.emplace_back(*read_network(text), kind);
    return out;
  }();
  for (auto& [where, kind] : networks)
    if (holds(where, address))
      return kind;
  return {};
}

std::optional<std::string>
network_policy::refusal(const sockaddr* address) const {
  using namespace network_policy_detail;
  bytes plain;
  if (address->sa_family == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, address, sizeof v4);
    plain = mapped(&v4.sin_addr);
  } else if (address->sa_family == AF_INET6) {
    sockaddr_in6 v6;
    std::memcpy(&v6, address, sizeof v6);
    std::memcpy(plain.data(), &v6.sin6_addr, plain.size());
  } else {
    return "an address of family " + std::to_string(address->sa_family)
           + " is no internet address";
  }
  auto kind = kind_of(plain);
  if (auto inner = embedded(plain)) {
    if (allows(plain) || allows(*inner))
      return std::nullopt;
    if (kind.empty())
      kind = kind_of(*inner);
  }
  if (kind.empty() || allows(plain))
    return std::nullopt;
  return text_of(plain) + " is " + std::string(kind)
         + " address and not among outbound.allowed_networks";
}

} // namespace tutti
