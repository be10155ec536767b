#include "tools/tuttid/exposure.hpp"

#include "tools/tuttid/service_wiring.hpp"

#include <arpa/inet.h>

namespace tutti::daemon {

namespace exposure_detail {

bool is_loopback(const std::string& address) {
  if (address == "localhost")
    return true;
  in_addr four{};
  if (inet_pton(AF_INET, address.c_str(), &four) == 1)
    return ntohl(four.s_addr) >> 24 == 127;
  in6_addr six{};
  return inet_pton(AF_INET6, address.c_str(), &six) == 1
         && IN6_IS_ADDR_LOOPBACK(&six);
}

} // namespace exposure_detail

result<done> check_exposure(const config::settings& x) {
  if (exposure_detail::is_loopback(x.http.listen) || x.http.insecure)
    return done{};
  return failure{
      errc::invalid,
      "http.listen: everybody who reaches '" + x.http.listen
          + "' could do everything, because requests are not authenticated. "
            "Listen on loopback behind a proxy that checks callers, or set "
            "http.insecure = true"};
}

std::optional<std::string> exposure(const config::settings& x) {
  if (exposure_detail::is_loopback(x.http.listen))
    return std::nullopt;
  return "http.insecure: whoever reaches " + x.http.listen
         + " may do everything; requests are not authenticated";
}

rest::gate_settings gate_settings_of(const config::settings& x) {
  rest::gate_settings out;
  for (auto& name : split_names(x.http.allowed_hosts))
    out.hosts.push_back(name);
  for (auto& name : split_names(x.http.allowed_origins))
    out.origins.push_back(name);
  return out;
}

} // namespace tutti::daemon
