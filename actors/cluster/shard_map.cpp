#include "actors/cluster/shard_map.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

namespace tutti {

namespace shard_map_detail {

std::string_view trimmed(std::string_view x) {
  auto first = x.find_first_not_of(" \t\n");
  if (first == x.npos)
    return {};
  return x.substr(first, x.find_last_not_of(" \t\n") - first + 1);
}

/// Takes the text up to a separator off the front.
std::string_view take(std::string_view& from, char separator) {
  auto end = std::min(from.find(separator), from.size());
  auto out = from.substr(0, end);
  from.remove_prefix(std::min(end + 1, from.size()));
  return trimmed(out);
}

std::optional<uint32_t> number(std::string_view x) {
  uint32_t out = 0;
  auto [end, error] = std::from_chars(x.data(), x.data() + x.size(), out);
  if (error != std::errc() || end != x.data() + x.size())
    return std::nullopt;
  return out;
}

failure wrong(std::string_view part, const std::string& rule) {
  return {errc::invalid, "'" + std::string(part) + "': " + rule};
}

constexpr auto form = "a node is name=host:port/shards, as in "
                      "a=10.0.0.1:7400/0-5";

/// "0-5+9"
result<std::vector<uint32_t>> read_shards(std::string_view text,
                                          uint32_t shards) {
  std::vector<uint32_t> out;
  auto whole = text;
  while (!text.empty()) {
    auto range = take(text, '+');
    auto rest = range;
    auto first = number(take(rest, '-'));
    auto last = range.find('-') == range.npos ? first : number(rest);
    if (!first || !last || *first > *last)
      return wrong(whole, "shards are numbers and ranges, as in 0-5+9");
    if (*last >= shards)
      return wrong(whole, "the store has the shards 0 to "
                              + std::to_string(shards - 1) + " (store.shards)");
    for (auto i = *first; i <= *last; ++i)
      out.push_back(i);
  }
  return out;
}

result<listed_node> read_node(std::string_view part, uint32_t shards) {
  listed_node out;
  auto rest = part;
  if (rest.find('=') == rest.npos)
    return wrong(part, form);
  out.name = take(rest, '=');
  if (!is_node_name(out.name))
    return wrong(part, "a node's name has letters, digits, '-' and '.', at "
                       "most 63");
  auto address = take(rest, '/');
  auto colon = address.rfind(':');
  auto port = colon == address.npos ? std::nullopt
                                    : number(address.substr(colon + 1));
  if (!port || *port == 0 || *port > 65'535)
    return wrong(part, form);
  out.port = uint16_t(*port);
  auto host = address.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  if (host.empty())
    return wrong(part, form);
  out.host = host;
  auto pinned = read_shards(trimmed(rest), shards);
  if (!pinned)
    return std::move(pinned).failure();
  out.shards = std::move(*pinned);
  return out;
}

std::optional<failure> check(const std::vector<listed_node>& nodes,
                             uint32_t shards) {
  std::set<std::string> names;
  std::vector<std::string> owners(shards);
  for (auto& x : nodes) {
    if (!names.insert(x.name).second)
      return failure{errc::invalid, "node '" + x.name + "' is listed twice"};
    for (auto shard : x.shards) {
      if (!owners[shard].empty())
        return failure{errc::invalid, "shard " + std::to_string(shard)
                                          + " is pinned to '" + owners[shard]
                                          + "' and to '" + x.name + "'"};
      owners[shard] = x.name;
    }
  }
  for (uint32_t i = 0; i < shards; ++i)
    if (owners[i].empty())
      return failure{errc::invalid,
                     "shard " + std::to_string(i) + " is pinned to no node"};
  return std::nullopt;
}

} // namespace shard_map_detail

std::vector<uint32_t> shard_map::shards_of(std::string_view node) const {
  std::vector<uint32_t> out;
  for (uint32_t i = 0; i < shards(); ++i)
    if (owners_[i] == node)
      out.push_back(i);
  return out;
}

std::string shard_map::fingerprint() const {
  // FNV-1a: nodes compare it, nobody attacks it.
  uint64_t hash = 14'695'981'039'346'656'037u;
  for (auto& owner : owners_)
    for (auto c : owner + '/') {
      hash ^= uint8_t(c);
      hash *= 1'099'511'628'211u;
    }
  return std::to_string(shards()) + "-" + std::to_string(hash);
}

bool is_node_name(std::string_view name) {
  auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
           || (c >= '0' && c <= '9');
  };
  return !name.empty() && name.size() <= 63 && plain(name.front())
         && std::ranges::all_of(
             name, [&](char c) { return plain(c) || c == '-' || c == '.'; });
}

result<std::vector<listed_node>> read_nodes(std::string_view text,
                                            uint32_t shards) {
  using namespace shard_map_detail;
  std::vector<listed_node> out;
  while (!text.empty()) {
    auto part = take(text, ',');
    if (part.empty())
      continue;
    auto node = read_node(part, shards);
    if (!node)
      return std::move(node).failure();
    out.push_back(std::move(*node));
  }
  if (auto why = check(out, shards))
    return *why;
  return out;
}

shard_map pinned_map(const std::vector<listed_node>& nodes, uint32_t shards) {
  std::vector<std::string> owners(shards);
  for (auto& x : nodes)
    for (auto shard : x.shards)
      owners.at(shard) = x.name;
  return {1, std::move(owners)};
}

std::string ranges_text(const std::vector<uint32_t>& shards) {
  std::string out;
  for (size_t i = 0; i < shards.size();) {
    auto last = i;
    while (last + 1 < shards.size() && shards[last + 1] == shards[last] + 1)
      ++last;
    if (!out.empty())
      out += ',';
    out += std::to_string(shards[i]);
    if (last > i)
      out += '-' + std::to_string(shards[last]);
    i = last + 1;
  }
  return out;
}

} // namespace tutti
