#pragma once

#include "actors/cluster/peer_settings.hpp"
#include "messages/proto/peer.pb.h"

#include <optional>
#include <string>
#include <vector>

namespace tutti {

/// Versions of the protocol that this program speaks: its own and the one
/// before, so that nodes can be replaced one after another.
struct protocol_versions {
  uint32_t min = 1, max = 1;
};

/// What a link has agreed on, and what the other may be sent.
struct agreement {
  std::string node, program;
  uint32_t version = 0;
  std::vector<std::string> features; ///< that both know
  uint32_t requests_max = 0;
  uint64_t bytes_max = 0, message_bytes_max = 0;
  uint64_t map_epoch = 0;
};

/// Why a link was refused; a label of the metric.
enum class refusal : uint8_t {
  tls,     ///< no certificate, a wrong or an expired one; no TLS at all
  name,    ///< the certificate is another node's or another cluster's
  version, ///< no version in common
  map,     ///< the nodes disagree about who has which shard
  time,    ///< the handshake took too long
  crowd,   ///< too many connections were in it
  garbage, ///< bytes that are no frame, or one that is too large
  count,   ///< their number
};
const char* to_text(refusal x);

struct refused {
  refusal why = refusal::garbage;
  std::string sentence;
};

peer::Hello hello_of(const link_settings& how, const shard_map& map,
                     protocol_versions speaks);

/// `expected` is the node that was dialled; empty: any that is listed. The
/// certificate is checked by the caller, for the name in the hello.
std::optional<refused> check(const peer::Hello& theirs,
                             const link_settings& how,
                             const std::vector<std::string>& listed,
                             const std::string& expected, const shard_map& map,
                             protocol_versions speaks);

agreement agreed(const peer::Hello& theirs, const link_settings& how,
                 protocol_versions speaks);

} // namespace tutti
