#pragma once

#include "messages/model/definition_source.hpp"

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tutti {

/// All registered definitions at one moment. Immutable. The next snapshot
/// shares all buckets that did not change, so registering one of ten thousand
/// definitions does not copy the others.
class definition_snapshot final : public definition_source {
 public:
  using versions = std::map<int32_t, workflow_def_pointer>;
  using schema_pointer = std::shared_ptr<const schema_def>;
  using schema_versions = std::map<int32_t, schema_pointer>;

  workflow_def_pointer
  find_workflow(std::string_view name,
                std::optional<int32_t> version) const override;
  task_def_pointer find_task(std::string_view name) const override;
  schema_pointer find_schema(std::string_view name,
                             std::optional<int32_t> version) const override;

  /// Null when no workflow has that name.
  const versions* find_versions(std::string_view name) const;

  // Sorted by name.
  std::vector<std::pair<std::string, const versions*>> workflows() const;
  std::vector<task_def_pointer> tasks() const;
  std::vector<schema_pointer> schemas() const;
  const schema_versions* find_schemas(std::string_view name) const;

  std::shared_ptr<const definition_snapshot>
  with(workflow_def_pointer definition) const;
  std::shared_ptr<const definition_snapshot>
  with(task_def_pointer definition) const;
  std::shared_ptr<const definition_snapshot>
  without_workflow(const std::string& name, int32_t version) const;
  std::shared_ptr<const definition_snapshot>
  without_task(const std::string& name) const;
  std::shared_ptr<const definition_snapshot> with(schema_pointer schema) const;
  std::shared_ptr<const definition_snapshot>
  without_schema(const std::string& name, int32_t version) const;

 private:
  static constexpr size_t buckets = 64;

  template <class T>
  using bucket = std::map<std::string, T, std::less<>>;
  template <class T>
  using table = std::array<std::shared_ptr<const bucket<T>>, buckets>;

  static size_t bucket_of(std::string_view name) {
    return std::hash<std::string_view>{}(name) % buckets;
  }
  template <class T>
  static const T* find(const table<T>& where, std::string_view name);
  /// The newest when `version` is absent; null when there is none.
  template <class T>
  static T of_version(const std::map<int32_t, T>* all,
                      std::optional<int32_t> version);

  /// The next snapshot: `change` gets a copy of the bucket that holds the name.
  template <class T>
  std::shared_ptr<const definition_snapshot>
  changed(table<T> definition_snapshot::*where, const std::string& name,
          auto change) const;
  template <class T>
  std::shared_ptr<const definition_snapshot>
  without_version(table<std::map<int32_t, T>> definition_snapshot::*where,
                  const std::string& name, int32_t version) const;

  table<versions> workflows_;
  table<task_def_pointer> tasks_;
  table<schema_versions> schemas_;
};

using definition_snapshot_pointer = std::shared_ptr<const definition_snapshot>;

} // namespace tutti
