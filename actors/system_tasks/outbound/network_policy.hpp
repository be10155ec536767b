#pragma once

#include "messages/model/result.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct sockaddr;

namespace tutti {

/// Which addresses workflows may make the node connect to: public ones, and
/// those that the operator allows. Checks the very address for which a socket
/// is opened, so that names, redirects and odd spellings cannot bypass it.
class network_policy {
 public:
  /// Public addresses only.
  network_policy() = default;

  /// Also these networks: "127.0.0.0/8, 10.1.2.3, ::1". errc::invalid when one
  /// is malformed.
  static result<network_policy> parse(std::string_view networks);

  /// Why the address is refused; nullopt: it is allowed.
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
