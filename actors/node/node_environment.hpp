#pragma once

#include "actors/engine/decider.hpp"

#include <map>
#include <set>
#include <string>

namespace tutti {

/// The environment variables that workflows may read. Read once, because
/// reading a process's environment is not safe while it changes.
class node_environment final : public engine::environment {
 public:
  struct settings {
    std::string variable_prefix = "CONDUCTOR_ENV_";
    std::string secret_prefix = "CONDUCTOR_SECRET_";
    /// Readable under their own name, as `${NAME}`.
    std::set<std::string, std::less<>> names = {"NETFLIX_ENV", "NETFLIX_STACK"};
  };
  using variables = std::map<std::string, std::string, std::less<>>;

  node_environment(settings how, variables all)
      : settings_(std::move(how)), all_(std::move(all)) {}

  std::optional<std::string> system_name(std::string_view name) const override;
  std::optional<std::string> variable(std::string_view name) const override;
  std::optional<std::string> secret(std::string_view name) const override;

  /// Without their prefixes.
  std::vector<std::string> variable_names() const;
  std::vector<std::string> secret_names() const;

 private:
  std::vector<std::string> names_after(std::string_view prefix) const;
  std::optional<std::string> find(std::string_view name) const;

  settings settings_;
  variables all_;
};

} // namespace tutti
