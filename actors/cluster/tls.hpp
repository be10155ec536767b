#pragma once

#include "actors/cluster/peer_settings.hpp"

#include <boost/asio/ssl/context.hpp>

#include <optional>
#include <string>

namespace tutti {

// TLS 1.3 with certificates on both sides. A node's certificate is signed by
// the cluster's own authority and has two subject alternative names: the DNS
// name is the node's, the URI "tutti:cluster:ID" its cluster's.

std::string cluster_uri(const std::string& cluster);

/// For both directions. Fails with a sentence that names the file.
result<std::shared_ptr<boost::asio::ssl::context>>
make_tls(const link_settings& how);

/// Why the other side's certificate is not that of this node of the cluster.
/// The authority and the dates were checked by the handshake.
std::optional<std::string> wrong_name(SSL* session, const std::string& node,
                                      const std::string& cluster);

} // namespace tutti
