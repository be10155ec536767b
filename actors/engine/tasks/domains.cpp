#include "actors/engine/tasks/kinds.hpp"

namespace tutti::engine {

namespace domains_detail {

constexpr std::string_view no_domain = "NO_DOMAIN";

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ')
    text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ')
    text.remove_suffix(1);
  return text;
}

} // namespace domains_detail

std::string choose_domain(const decision_builder& t,
                          std::string_view task_type) {
  using namespace domains_detail;
  auto& map = t.head().task_to_domain;
  if (map.empty())
    return {};
  auto it = map.find(std::string(task_type));
  if (it == map.end())
    it = map.find("*");
  if (it == map.end())
    return {};
  std::string_view rest = it->second, last;
  while (true) {
    auto comma = rest.find(',');
    last = trimmed(rest.substr(0, comma));
    if (!last.empty() && last != no_domain
        && t.context().domains.active(task_type, last))
      return std::string(last);
    if (comma == rest.npos)
      break;
    rest.remove_prefix(comma + 1);
  }
  return last == no_domain ? std::string() : std::string(last);
}

} // namespace tutti::engine
