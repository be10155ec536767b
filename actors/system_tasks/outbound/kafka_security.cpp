#include "actors/system_tasks/outbound/kafka_security.hpp"

#include <algorithm>
#include <cctype>
#include <set>

namespace tutti {

namespace kafka_security_detail {

/// As librdkafka reads names: `PLAINTEXT://Host:9092` and `host` become
/// `host:9092`.
std::string normal(std::string_view x) {
  if (auto scheme = x.find("://"); scheme != x.npos)
    x.remove_prefix(scheme + 3);
  std::string out(x);
  std::ranges::transform(out, out.begin(),
                         [](unsigned char c) { return std::tolower(c); });
  auto bracket = out.rfind(']');
  if (out.find(':', bracket == out.npos ? 0 : bracket) == out.npos)
    out += ":9092";
  return out;
}

std::set<std::string> list_of(std::string_view text) {
  std::set<std::string> out;
  while (!text.empty()) {
    auto comma = std::min(text.find(','), text.size());
    auto one = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    while (!one.empty() && (one.front() == ' ' || one.front() == '\t'))
      one.remove_prefix(1);
    while (!one.empty() && (one.back() == ' ' || one.back() == '\t'))
      one.remove_suffix(1);
    if (!one.empty())
      out.insert(normal(one));
  }
  return out;
}

} // namespace kafka_security_detail

result<kafka_options> security_options(const kafka_security& how,
                                       std::string_view servers) {
  using namespace kafka_security_detail;
  kafka_options out;
  auto known = list_of(how.servers);
  auto asked = list_of(servers);
  size_t secured = 0;
  for (auto& x : asked)
    secured += known.count(x);
  if (secured == 0)
    return out;
  if (secured < asked.size())
    return failure{errc::invalid,
                   "bootStrapServers has servers with security settings and "
                   "others (kafka_tasks.security_servers)"};

  std::optional<failure> trouble;
  auto set = [&](const char* name, const std::string& value) {
    if (!value.empty())
      out.emplace_back(name, value);
  };
  auto set_secret = [&](const char* name, const std::string& secret) {
    if (secret.empty())
      return;
    auto value = how.secret ? how.secret(secret) : std::nullopt;
    if (value)
      out.emplace_back(name, std::move(*value));
    else if (!trouble)
      trouble = failure{errc::invalid, "the node has no secret '" + secret
                                           + "' for " + std::string(name)};
  };
  bool sasl = how.protocol.starts_with("sasl");
  bool ssl = how.protocol.ends_with("ssl");
  set("security.protocol", how.protocol);
  if (sasl) {
    set("sasl.mechanism", how.mechanism);
    set("sasl.username", how.username);
    set_secret("sasl.password", how.password_secret);
  }
  if (ssl) {
    set("ssl.ca.location", how.ca_file);
    set("ssl.certificate.location", how.certificate_file);
    set("ssl.key.location", how.key_file);
    set_secret("ssl.key.password", how.key_password_secret);
  }
  if (trouble)
    return std::move(*trouble);
  return out;
}

} // namespace tutti
