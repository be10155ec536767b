#pragma once

#include "messages/model/result.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tutti {

/// Credentials and trust for Kafka brokers. They apply only to the servers
/// named here: a task may name any server, and must not get a password sent to
/// its own.
struct kafka_security {
  std::string servers;   ///< host:port, separated by commas
  std::string protocol;  ///< of librdkafka: "sasl_ssl"
  std::string mechanism; ///< "PLAIN", "SCRAM-SHA-512"
  std::string username;
  std::string password_secret;                     ///< the name of a secret
  std::string ca_file, certificate_file, key_file; ///< PEM; empty: none
  std::string key_password_secret;                 ///< the name of a secret
  std::function<std::optional<std::string>(std::string_view)> secret;
};

using kafka_options = std::vector<std::pair<std::string, std::string>>;

/// librdkafka's settings for a connection to these servers; empty for servers
/// that `how` does not name. Fails with a sentence when `how` names only some
/// of them, or a secret is missing.
result<kafka_options> security_options(const kafka_security& how,
                                       std::string_view servers);

} // namespace tutti
