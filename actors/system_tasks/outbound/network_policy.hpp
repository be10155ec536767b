#pragma once

#include "messages/model/result.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct sockaddr;

namespace tutti {

/// Which addresses workflows may make the node connect to: the public ones, and
/// what the operator allows besides. It is asked about the very address a
/// socket is opened for, so neither names, nor redirects, nor odd spellings get
/// around it.
class network_policy {
 public:
  /// Public addresses only.
  network_policy() = default;

  /// Networks besides, as "127.0.0.0/8, 10.1.2.3, ::1"; errc::invalid for what
  /// is none.
  static result<network_policy> parse(std::string_view networks);

  /// Why nobody may connect there; nothing: they may.
  std::optional<std::string> refusal(const sockaddr* address) const;

 private:
  using bytes = std::array<unsigned char, 16>; ///< IPv4 as ::ffff:a.b.c.d
  struct network {
    bytes address;
    int bits;
  };
  static std::optional<network> read_network(std::string_view text);
  static bool holds(const network& where, const bytes& address);
  bool allows(const bytes& address) const;
  static std::string_view kind_of(const bytes& address);

  std::vector<network> allowed_;
};

} // namespace tutti
