#pragma once

#include "actors/engine/decider.hpp"
#include "storage/records.hpp"

#include <map>
#include <string>
#include <vector>

namespace tutti::test {

/// The stored bytes of every execution of a dry run. Reading them gives what a
/// node has after a restart.
class stored_copies {
 public:
  void add(const std::string& id, const engine::decision& what, int64_t now);
  void remove(const std::string& id) { executions_.erase(id); }

  /// Throws when the bytes cannot be read.
  engine::state read(const std::string& id) const;
  /// Replaces the live state by the one read from its bytes. Mostly skips large
  /// executions, which take long to read.
  void read_again(const std::string& id, engine::state& live);

 private:
  struct copy {
    storage::revision_codec codec;
    std::vector<std::string> records;
    size_t bytes = 0, decisions_since = 0;
  };
  std::map<std::string, copy> executions_;
  std::map<std::string, storage::kept_definition_pointer, std::less<>>
      definitions_; ///< by hash
};

} // namespace tutti::test
