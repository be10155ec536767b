#pragma once

#include "actors/metadata/definition_snapshot.hpp"
#include "messages/model/result.hpp"

#include <atomic>
#include <memory>
#include <mutex>

namespace tutti {

/// The definitions that the metadata actor has published. Everybody reads them,
/// from any thread. Also caches the pinned copies that executions store:
/// pinning a definition at each start would cost more than the start.
class published_definitions {
 public:
  published_definitions();
  ~published_definitions();

  definition_snapshot_pointer current() const;
  void publish(definition_snapshot_pointer next);
  /// False: this is a copy, and the node that registers cannot be reached; what
  /// is unknown here may be known there.
  void set_complete(bool x) { complete_ = x; }

  /// The pinned copy (reference:task-definition#without-a-definition) by the
  /// present definitions. errc::not_found: "No such workflow defined", or of a
  /// sub-workflow; errc::unavailable: that is not known now.
  result<workflow_def_pointer> pinned(std::string_view name,
                                      std::optional<int32_t> version) const;

 private:
  /// A snapshot and the copies that were pinned from it.
  struct edition;
  std::shared_ptr<const edition> newest() const;

  // Not std::atomic<std::shared_ptr>: in libstdc++ 12 its load releases the
  // lock with relaxed order, so that a store may change what a load still
  // reads.
  mutable std::mutex mutex_;
  std::shared_ptr<const edition> current_;
  std::atomic<bool> complete_{true};
};

} // namespace tutti
