#pragma once

#include "tests/support/http_client.hpp"

#include <memory>
#include <string>
#include <vector>

namespace tutti::conformance {

/// What the cases are run against.
class backend {
 public:
  virtual ~backend() = default;
  /// One request of the REST API. `path` is as on the wire.
  virtual test::http_reply send(const std::string& method,
                                const std::string& path,
                                const std::string& body)
      = 0;
  /// Everything that follows from a request has happened when it is answered:
  /// there is no use in looking again.
  virtual bool settles_at_once() const = 0;
  /// Set when the last request needs more than this backend has: why.
  virtual std::string beyond() { return {}; }
};

/// A node, over HTTP.
std::unique_ptr<backend> over_rest(const std::string& urls);

/// The engine alone, in this process: the routes and codecs of the REST API
/// over a dry run (actors/engine/dry_run), with virtual time. `read_again`:
/// as if it had been restarted before every decision.
std::unique_ptr<backend> on_pure_engine(bool read_again);

/// Settings of the node that the cases count on, and what both backends find in
/// the environment ("NAME=value").
const std::vector<std::string>& node_arguments();
const std::vector<std::string>& node_environment_entries();
/// Time limit of scripts on both backends; long enough for every script that
/// is to end, also on a busy machine.
constexpr int script_limit_ms = 1'000;

} // namespace tutti::conformance
