#include "actors/node/node_environment.hpp"

namespace tutti {

std::optional<std::string> node_environment::find(std::string_view name) const {
  auto i = all_.find(name);
  if (i == all_.end())
    return std::nullopt;
  return i->second;
}

std::optional<std::string>
node_environment::system_name(std::string_view name) const {
  return settings_.names.contains(name) ? find(name) : std::nullopt;
}

std::optional<std::string>
node_environment::variable(std::string_view name) const {
  return find(settings_.variable_prefix + std::string(name));
}

std::optional<std::string>
node_environment::secret(std::string_view name) const {
  return find(settings_.secret_prefix + std::string(name));
}

} // namespace tutti
