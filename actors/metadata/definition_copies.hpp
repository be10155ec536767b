#pragma once

#include "actors/directory/actor_directory.hpp"
#include "actors/metadata/published_definitions.hpp"
#include "storage/store.hpp"

#include <functional>
#include <map>
#include <memory>
#include <mutex>

namespace tutti {

/// On the node of `definitions_shard`: the other nodes have a copy of all
/// definitions, which follows every change. A change is answered when the
/// nodes that are connected have it, so that a start at any of them finds it;
/// one that does not answer within a second gets all definitions again.
/// Thread safe.
class definition_spread
    : public std::enable_shared_from_this<definition_spread> {
 public:
  definition_spread(std::shared_ptr<const actor_directory> directory,
                    std::shared_ptr<const published_definitions> published)
      : directory_(std::move(directory)), published_(std::move(published)) {}

  void met(const std::string& node);
  void lost(const std::string& node);
  /// After the change was published here. `told` is called once, on any thread.
  void changed(const storage::batch& rows, std::function<void()> told);

 private:
  struct copy {
    bool behind = false; ///< it must get all of them
    bool filling = false;
  };
  /// Under the lock. What it returns must be dropped outside of it.
  [[nodiscard]] std::shared_ptr<const void> fill(const std::string& node);
  void filled(const std::string& node, bool good);

  std::shared_ptr<const actor_directory> directory_;
  std::shared_ptr<const published_definitions> published_;
  std::mutex mutex_;
  std::map<std::string, copy> nodes_;
};

/// On the other nodes: takes the changes, publishes them, and keeps the rows,
/// so that the node can start executions while the owner is away. Called by one
/// actor after another, never by two at once.
class definition_copy {
 public:
  struct ports {
    std::shared_ptr<published_definitions> published;
    std::shared_ptr<storage::store> store;
    uint64_t epoch = 0; ///< of definitions_shard in this node's own store
    /// As metadata_context::task_changed.
    std::function<void(const std::string& name)> task_changed;
  };
  explicit definition_copy(ports of) : ports_(std::move(of)) {}

  void take(const envelope<change_definitions>& x);
  /// The owner is away: what is unknown may have been registered meanwhile.
  void owner_lost();

 private:
  ports ports_;
  definition_snapshot_pointer building_; ///< null: nothing is under way
};

/// All registered definitions as rows.
std::vector<definition_row> rows_of(const definition_snapshot& x);
/// The snapshot with a row stored or erased. errc::internal: it cannot be read.
result<definition_snapshot_pointer> with_row(const definition_snapshot& from,
                                             const definition_row& row);

} // namespace tutti
