#include "tools/tutti/definitions/difference.hpp"

#include "messages/model/payload.hpp"
#include "tools/tutti/output.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace tutti::cli {

using nlohmann::json;

namespace difference_detail {

constexpr size_t shown_max = 120; ///< characters of a value in a line

/// The references of a list of tasks; empty when it is none, or when a
/// reference is there twice.
std::vector<std::string> references_of(const json& list) {
  std::vector<std::string> out;
  for (auto& x : list) {
    auto reference = text_at(x, "taskReferenceName");
    if (reference.empty() || std::ranges::find(out, reference) != out.end())
      return {};
    out.push_back(std::move(reference));
  }
  return out;
}

class comparison {
 public:
  std::vector<difference> out;

  void compare(const json& from, const json& to, const std::string& path) {
    if (from == to)
      return;
    if (from.is_object() && to.is_object())
      return objects(from, to, path);
    if (from.is_array() && to.is_array())
      return lists(from, to, path);
    out.push_back({path, from, to});
  }

 private:
  void objects(const json& from, const json& to, const std::string& path) {
    std::set<std::string> keys;
    for (auto* side : {&from, &to})
      for (auto& [key, value] : side->items())
        keys.insert(key);
    for (auto& key : keys) {
      auto at = path.empty() ? key : path + '.' + key;
      one(from.contains(key) ? &from[key] : nullptr,
          to.contains(key) ? &to[key] : nullptr, at);
    }
  }

  void one(const json* from, const json* to, const std::string& path) {
    if (from && to)
      return compare(*from, *to, path);
    difference x{path};
    (from ? x.from : x.to) = from ? *from : *to;
    out.push_back(std::move(x));
  }

  void lists(const json& from, const json& to, const std::string& path) {
    auto before = references_of(from), after = references_of(to);
    if (before.empty() || after.empty()) {
      for (size_t i = 0; i < std::max(from.size(), to.size()); ++i)
        one(i < from.size() ? &from[i] : nullptr,
            i < to.size() ? &to[i] : nullptr,
            path + '[' + std::to_string(i) + ']');
      return;
    }
    std::map<std::string, const json*> old;
    for (size_t i = 0; i < before.size(); ++i)
      old[before[i]] = &from[i];
    std::set<std::string> kept;
    for (size_t i = 0; i < after.size(); ++i) {
      auto found = old.find(after[i]);
      one(found == old.end() ? nullptr : found->second, &to[i],
          path + '[' + after[i] + ']');
      kept.insert(after[i]);
    }
    for (size_t i = 0; i < before.size(); ++i)
      if (!kept.contains(before[i]))
        one(&from[i], nullptr, path + '[' + before[i] + ']');
    order(before, after, kept, path);
  }

  /// Of what is in both.
  void order(std::vector<std::string> before, std::vector<std::string> after,
             const std::set<std::string>& kept, const std::string& path) {
    std::set<std::string> old(before.begin(), before.end());
    std::erase_if(before, [&](auto& x) { return !kept.contains(x); });
    std::erase_if(after, [&](auto& x) { return !old.contains(x); });
    if (before != after)
      out.push_back({path + " (order)", json(before), json(after)});
  }
};

std::string shown(const json& x) {
  auto text = to_text(x);
  if (text.size() <= shown_max)
    return text;
  auto end = shown_max;
  while (end > 0 && static_cast<unsigned char>(text[end]) >> 6 == 2)
    --end;
  return text.substr(0, end) + "...";
}

} // namespace difference_detail

std::vector<difference> differences(const json& from, const json& to) {
  difference_detail::comparison all;
  all.compare(from, to, "");
  return std::move(all.out);
}

json as_json(const std::vector<difference>& x) {
  auto out = json::array();
  for (auto& one : x) {
    json row{{"path", one.path}};
    if (!one.from.is_discarded())
      row["from"] = one.from;
    if (!one.to.is_discarded())
      row["to"] = one.to;
    out.push_back(std::move(row));
  }
  return out;
}

std::string line_of(const json& change) {
  using difference_detail::shown;
  auto path = text_at(change, "path");
  if (!change.contains("from"))
    return "+ " + path + ": " + shown(change.at("to"));
  if (!change.contains("to"))
    return "- " + path + ": " + shown(change.at("from"));
  return path + ": " + shown(change.at("from")) + " -> "
         + shown(change.at("to"));
}

} // namespace tutti::cli
