#include "actors/cluster/hello.hpp"

#include <algorithm>

namespace tutti {

namespace hello_detail {

/// Features of this program, beside those of the version.
const std::vector<std::string>& features() {
  static const std::vector<std::string> all{"polls", "definitions"};
  return all;
}

std::string range(uint32_t min, uint32_t max) {
  return std::to_string(min)
         + (max > min ? " to " + std::to_string(max) : std::string());
}

/// What another node calls itself may be anything.
std::string quoted(const std::string& text) {
  std::string out = "'";
  for (auto c : text.substr(0, 63))
    out += c >= ' ' && c < '\x7f' ? c : '?';
  return out + '\'';
}

} // namespace hello_detail

const char* to_text(refusal x) {
  switch (x) {
    case refusal::tls:
      return "tls";
    case refusal::name:
      return "name";
    case refusal::version:
      return "version";
    case refusal::map:
      return "map";
    case refusal::time:
      return "time";
    case refusal::crowd:
      return "crowd";
    case refusal::garbage:
      return "garbage";
    case refusal::count:
      break;
  }
  return "";
}

peer::Hello hello_of(const link_settings& how, const shard_map& map,
                     protocol_versions speaks) {
  peer::Hello out;
  out.set_version_min(speaks.min);
  out.set_version_max(speaks.max);
  for (auto& x : hello_detail::features())
    out.add_features(x);
  out.set_node(how.node);
  out.set_cluster(how.cluster);
  out.set_program(TUTTI_VERSION);
  out.set_map_epoch(map.epoch());
  out.set_map_fingerprint(map.fingerprint());
  out.set_requests_max(how.requests_max);
  out.set_bytes_max(how.bytes_max);
  out.set_message_bytes_max(how.message_bytes_max);
  return out;
}

std::optional<refused> check(const peer::Hello& theirs,
                             const link_settings& how,
                             const std::vector<std::string>& listed,
                             const std::string& expected, const shard_map& map,
                             protocol_versions speaks) {
  using namespace hello_detail;
  auto& name = theirs.node();
  if (!expected.empty() && name != expected)
    return refused{refusal::name, "node '" + expected
                                      + "' was dialled, and it is "
                                      + quoted(name)};
  if (std::ranges::find(listed, name) == listed.end())
    return refused{refusal::name, "node " + quoted(name)
                                      + " is not listed here (cluster.peers)"};
  if (theirs.cluster() != how.cluster)
    return refused{refusal::name, "node " + quoted(name) + " is of cluster "
                                      + quoted(theirs.cluster())};
  if (theirs.version_max() < speaks.min || theirs.version_min() > speaks.max)
    return refused{refusal::version,
                   "node " + quoted(name) + " speaks version "
                       + range(theirs.version_min(), theirs.version_max())
                       + " of the protocol, this one "
                       + range(speaks.min, speaks.max)};
  // Maps of other epochs are exchanged; of one epoch there is one.
  if (theirs.map_epoch() == map.epoch()
      && theirs.map_fingerprint() != map.fingerprint())
    return refused{refusal::map,
                   "node " + quoted(name)
                       + " has another list of shards and their nodes: "
                         "cluster.peers and store.shards must be the same "
                         "everywhere"};
  return std::nullopt;
}

agreement agreed(const peer::Hello& theirs, const link_settings& how,
                 protocol_versions speaks) {
  agreement out;
  out.node = theirs.node();
  out.program = theirs.program().substr(0, 63);
  out.version = std::min(theirs.version_max(), speaks.max);
  for (auto& x : theirs.features())
    if (std::ranges::find(hello_detail::features(), x)
        != hello_detail::features().end())
      out.features.push_back(x);
  out.requests_max = std::min(theirs.requests_max(), how.requests_max);
  out.bytes_max = std::min(theirs.bytes_max(), how.bytes_max);
  out.message_bytes_max
      = std::min<uint64_t>(theirs.message_bytes_max(), how.message_bytes_max);
  out.map_epoch = theirs.map_epoch();
  return out;
}

} // namespace tutti
