#pragma once

#include "actors/cluster/peer_settings.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace tutti::test {

/// An authority that signs certificates of nodes, and where it writes them.
class test_ca {
 public:
  explicit test_ca(const std::string& name);
  ~test_ca();
  test_ca(const test_ca&) = delete;
  test_ca& operator=(const test_ca&) = delete;

  struct names {
    std::string node, cluster = "test";
    bool expired = false;
  };
  /// Writes certificate and key, and names them in the settings, with the node
  /// and the cluster.
  link_settings issue(const names& of) const;
  std::string ca_file() const;

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
  std::filesystem::path directory_;
};

} // namespace tutti::test
