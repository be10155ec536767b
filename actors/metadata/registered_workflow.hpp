#pragma once

#include "messages/model/definitions.hpp"

#include <atomic>
#include <cstdint>
#include <string>

namespace tutti {

/// A registered workflow definition as snapshots share it: its text, and the
/// definition from the first time on that somebody runs it. Parsed, it takes
/// several times the memory, and of thousands that are registered few run.
/// Immutable for its callers; thread safe.
class registered_workflow {
 public:
  explicit registered_workflow(const workflow_def& what);
  ~registered_workflow();
  registered_workflow(const registered_workflow&) = delete;
  registered_workflow& operator=(const registered_workflow&) = delete;

  /// For who runs it: stays parsed.
  workflow_def_pointer get() const;
  /// For who looks at it once: parsed for the caller alone, if it does not run.
  workflow_def_pointer look() const;

  const std::string& name() const { return name_; }
  int32_t version() const { return version_; }
  int64_t create_time() const { return create_time_; }
  int64_t update_time() const { return update_time_; }
  /// What it takes in memory once it runs, about.
  uint64_t bytes() const { return bytes_; }

 private:
  workflow_def_pointer parse() const;

  std::string name_, text_;
  int32_t version_;
  int64_t create_time_, update_time_;
  uint64_t bytes_;
  /// Null, or owned: set once.
  mutable std::atomic<const workflow_def_pointer*> parsed_ = nullptr;
};

} // namespace tutti
