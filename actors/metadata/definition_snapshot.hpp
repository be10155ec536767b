#pragma once

#include "actors/metadata/registered_workflow.hpp"
#include "messages/model/definition_source.hpp"
#include "messages/requests/definitions.hpp"

#include <array>
#include <cstdint>
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
  using workflow_pointer = std::shared_ptr<const registered_workflow>;
  using versions = std::map<int32_t, workflow_pointer>;
  using schema_pointer = std::shared_ptr<const schema_def>;
  using schema_versions = std::map<int32_t, schema_pointer>;
  using handler_pointer = std::shared_ptr<const event_handler>;
  using tags = std::vector<tag>;

  workflow_def_pointer
  find_workflow(std::string_view name,
                std::optional<int32_t> version) const override;
  task_def_pointer find_task(std::string_view name) const override;
  schema_pointer find_schema(std::string_view name,
                             std::optional<int32_t> version) const override;

  /// What all of them take in memory, about.
  uint64_t bytes() const { return bytes_; }

  /// The same as `find_workflow`, for who does not run it.
  workflow_pointer find_registered(std::string_view name,
                                   std::optional<int32_t> version) const;
  /// Null when no workflow has that name.
  const versions* find_versions(std::string_view name) const;

  // Sorted by name.
  std::vector<std::pair<std::string, const versions*>> workflows() const;
  std::vector<task_def_pointer> tasks() const;
  std::vector<schema_pointer> schemas() const;
  const schema_versions* find_schemas(std::string_view name) const;
  std::vector<handler_pointer> handlers() const;
  handler_pointer find_handler(std::string_view name) const;
  /// Null when there are none.
  const tags* find_tags(change_tags::kind of, std::string_view name) const;
  /// Each once, by key and value.
  tags all_tags() const;
  /// The operator's limit of a workflow, or null.
  const rate_limit_config* find_limit(std::string_view name) const;

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
  std::shared_ptr<const definition_snapshot>
  with(handler_pointer handler) const;
  std::shared_ptr<const definition_snapshot>
  without_handler(const std::string& name) const;
  /// An empty list: without tags.
  std::shared_ptr<const definition_snapshot>
  with_tags(change_tags::kind of, const std::string& name, tags all) const;
  std::shared_ptr<const definition_snapshot>
  with_limit(const std::string& name,
             const std::optional<rate_limit_config>& limit) const;

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

  /// The next snapshot: `change` gets a copy of the bucket that holds the name;
  /// all take `bytes` then.
  template <class T>
  std::shared_ptr<const definition_snapshot>
  changed(table<T> definition_snapshot::*where, const std::string& name,
          uint64_t bytes, auto change) const;
  template <class T>
  std::shared_ptr<const definition_snapshot>
  without_version(table<std::map<int32_t, T>> definition_snapshot::*where,
                  const std::string& name, int32_t version) const;

  table<versions> workflows_;
  table<task_def_pointer> tasks_;
  table<schema_versions> schemas_;
  table<handler_pointer> handlers_;
  table<tags> workflow_tags_, task_tags_;
  table<rate_limit_config> limits_;
  uint64_t bytes_ = 0;
};

using definition_snapshot_pointer = std::shared_ptr<const definition_snapshot>;

} // namespace tutti
