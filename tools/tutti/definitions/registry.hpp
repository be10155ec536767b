#pragma once

#include "tools/tutti/client.hpp"
#include "tools/tutti/definitions/definition.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tutti::cli {

/// The definitions of a server, of every kind, over its REST API.
class registry {
 public:
  explicit registry(client& api) : api_(api) {}

  /// All of a kind, in the order of names and versions. A server without such
  /// things has none.
  result<std::vector<definition>> list(kind x);
  /// errc::not_found when there is none. Without a version the latest.
  result<definition> get(kind x, const std::string& name,
                         std::optional<int32_t> version);
  /// By kind if it is named, else the only kind that has the name; several:
  /// errc::conflict.
  result<definition> find(const definition_name& which);
  /// The versions of a name, ascending.
  result<std::vector<definition>> versions(kind x, const std::string& name);

  /// Registers or replaces one.
  result<done> put(const definition& x, bool strict);
  /// What the server's rules say of it; nothing is stored.
  result<done> check(const definition& x, bool strict);
  /// One version, or all that the name has.
  result<done> remove(kind x, const std::string& name,
                      std::optional<int32_t> version);

  /// Whether the server knows this kind at all.
  result<bool> has(kind x);
  /// From now on `get` with a version answers from one list.
  result<done> read_all(kind x);

 private:
  using by_name = std::map<std::pair<std::string, int32_t>, definition>;
  client& api_;
  std::map<kind, by_name> known_;
  std::map<kind, bool> has_;
};

} // namespace tutti::cli
