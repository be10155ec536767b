#pragma once

#include "actors/engine/decider.hpp"
#include "storage/records.hpp"

#include <map>
#include <string>
#include <vector>

namespace tutti::test {

/// What the store would hold of every execution of a dry run: the bytes of
/// its revisions. Whoever reads them gets what a node gets after a restart:
/// nothing that only the live state knew, and values as they read.
class stored_copies {
 public:
  void add(const std::string& id, const engine::decision& what, int64_t now);
  void remove(const std::string& id) { executions_.erase(id); }

  /// Throws when the bytes cannot be read.
  engine::state read(const std::string& id) const;
  /// Puts what was read in the place of what lives. A large execution is left
  /// alone most of the time: reading it is dear.
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
