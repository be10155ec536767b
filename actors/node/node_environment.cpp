#include "actors/node/node_environment.hpp"

namespace tutti {

std::optional<std::string> node_environment::find(std::string_view name) const {
  auto i = all_.find(name);
  if (i == all_.end())
    return std::nullopt;
  return i->second;
}

std::vector<std::string>
node_environment::names_after(std::string_view prefix) const {
  std::vector<std::string> out;
  for (auto i = all_.lower_bound(prefix);
       i != all_.end() && i->first.starts_with(prefix); ++i)
    if (i->first.size() > prefix.size())
      out.push_back(i->first.substr(prefix.size()));
  return out;
}

std::vector<std::string> node_environment::variable_names() const {
  return names_after(settings_.variable_prefix);
}

std::vector<std::string> node_environment::secret_names() const {
  return names_after(settings_.secret_prefix);
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
