#include "tools/tutti/nouns/tags.hpp"

#include "messages/model/payload.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>

namespace tutti::cli {

using nlohmann::json;

namespace tags_detail {

view tags_view() {
  view out{{text_column("KEY", "key"), text_column("VALUE", "value"),
            wide(text_column("TYPE", "type"))}};
  out.name = [](const json& x) {
    return text_at(x, "key") + '=' + text_at(x, "value");
  };
  out.none = "it has no tags";
  return out;
}

/// A key has one value.
json merged(const json& there, const tag_changes& changes) {
  auto out = json::array();
  auto goes = [&](const json& x) {
    auto key = text_at(x, "key");
    return std::ranges::find(changes.removed, key) != changes.removed.end()
           || std::ranges::any_of(changes.added, [&](const json& added) {
                return text_at(added, "key") == key;
              });
  };
  for (auto& x : there)
    if (!goes(x))
      out.push_back(x);
  for (auto& x : changes.added)
    out.push_back(x);
  return out;
}

/// Keeps what others add meanwhile.
result<done> add_and_remove(client& api, const std::string& path,
                            const tag_changes& changes, const char* adds) {
  if (!changes.added.empty())
    if (auto ok = api.call(adds, path, to_text(changes.added)); !ok)
      return ok.failure();
  auto removed = json::array();
  for (auto& key : changes.removed)
    removed.push_back({{"key", key}});
  if (!removed.empty())
    if (auto ok = api.call("DELETE", path, to_text(removed)); !ok)
      return ok.failure();
  return done{};
}

} // namespace tags_detail

result<tag_changes> read_tag_changes(const std::vector<std::string>& words) {
  tag_changes out;
  for (auto& x : words) {
    auto sign = x.find('=');
    if (sign != x.npos && sign > 0)
      out.added.push_back({{"key", x.substr(0, sign)},
                           {"value", x.substr(sign + 1)},
                           {"type", "METADATA"}});
    else if (sign == x.npos && x.size() > 1 && x.ends_with('-'))
      out.removed.push_back(x.substr(0, x.size() - 1));
    else
      return failure{errc::invalid,
                     "'" + x + "' is neither KEY=VALUE nor KEY-"};
  }
  return out;
}

int change_tags(session& s, const std::string& path,
                const std::vector<std::string>& words, bool replace,
                const char* adds) {
  using namespace tags_detail;
  auto changes = read_tag_changes(words);
  if (!changes)
    return misused(changes.failure().message,
                   "team=payments to add a tag, team- to remove it");
  if (replace && !changes->removed.empty())
    return misused("--replace leaves only the tags that are named",
                   "KEY=VALUE alone, with --replace");
  auto there = s.api().call_json("GET", path);
  if (!there)
    return failed(there.failure(), "`tutti definition list` shows names");
  if (words.empty() && !replace)
    return s.show(*there, tags_view());
  result<done> ok = done{};
  if (replace || !adds) {
    auto all = replace ? changes->added : merged(*there, *changes);
    auto put = s.api().call("PUT", path, to_text(all));
    if (!put)
      ok = put.failure();
  } else {
    ok = add_and_remove(s.api(), path, *changes, adds);
  }
  if (!ok)
    return failed(ok.failure());
  there = s.api().call_json("GET", path);
  return there ? s.show(*there, tags_view()) : failed(there.failure());
}

void add_tag_options(CLI::App& verb, std::vector<std::string>& words,
                     bool& replace) {
  verb.add_option("TAG", words,
                  "KEY=VALUE to add, KEY- to remove; none: shows them");
  verb.add_flag("--replace", replace, "and remove all others");
}

} // namespace tutti::cli
