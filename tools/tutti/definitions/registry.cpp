#include "tools/tutti/definitions/registry.hpp"

#include "messages/model/payload.hpp"
#include "tools/tutti/output.hpp"
#include "tools/tutti/session.hpp"

#include <algorithm>

namespace tutti::cli {

using nlohmann::json;

namespace registry_detail {

std::string list_path(kind x) {
  switch (x) {
    case kind::workflow:
      return api_path({"metadata", "workflow"});
    case kind::task:
      return api_path({"metadata", "taskdefs"});
    case kind::schema:
      return api_path({"schema"});
    case kind::event_handler:
      return api_path({"event"});
    case kind::schedule:
      return api_path({"scheduler", "schedules"});
  }
  return {};
}

std::pair<std::string, int32_t> key_of(const definition& x) {
  auto name = x.name();
  return {name.name, name.version.value_or(0)};
}

failure none(kind x, const std::string& name, std::optional<int32_t> version) {
  return {errc::not_found,
          "there is no definition '" + text_of({x, name, version}) + "'"};
}

} // namespace registry_detail

using registry_detail::key_of;
using registry_detail::none;

result<bool> registry::has(kind x) {
  if (auto i = has_.find(x); i != has_.end())
    return i->second;
  auto all = list(x);
  if (!all)
    return all.failure();
  return has_[x];
}

result<std::vector<definition>> registry::list(kind x) {
  auto answer = api_.call_json("GET", registry_detail::list_path(x));
  // A server that lacks the kind has no such route.
  if (!answer && answer.failure().code == errc::not_found) {
    has_[x] = false;
    return std::vector<definition>{};
  }
  if (!answer)
    return answer.failure();
  has_[x] = true;
  std::vector<definition> out;
  if (answer->is_array())
    for (auto& one : *answer)
      out.push_back({x, std::move(one), nullptr, {}});
  std::ranges::stable_sort(out, {}, key_of);
  return out;
}

result<done> registry::read_all(kind x) {
  auto all = list(x);
  if (!all)
    return all.failure();
  auto& known = known_[x];
  for (auto& one : *all)
    known.insert_or_assign(key_of(one), std::move(one));
  return done{};
}

result<std::vector<definition>> registry::versions(kind x,
                                                   const std::string& name) {
  auto all = list(x);
  if (!all)
    return all;
  std::erase_if(*all, [&](auto& one) { return one.name().name != name; });
  if (all->empty())
    return none(x, name, std::nullopt);
  return all;
}

result<definition> registry::get(kind x, const std::string& name,
                                 std::optional<int32_t> version) {
  if (auto known = known_.find(x); known != known_.end()) {
    auto i = known->second.find({name, version.value_or(0)});
    if (i == known->second.end())
      return none(x, name, version);
    return i->second;
  }
  query_parameters query;
  if (x == kind::workflow && version)
    query.emplace_back("version", std::to_string(*version));
  std::string path;
  switch (x) {
    case kind::workflow:
      path = api_path({"metadata", "workflow", name}, query);
      break;
    case kind::task:
      path = api_path({"metadata", "taskdefs", name});
      break;
    case kind::schema:
      path = version ? api_path({"schema", name, std::to_string(*version)})
                     : api_path({"schema", name});
      break;
    case kind::schedule:
      path = api_path({"scheduler", "schedules", name});
      break;
    case kind::event_handler: {
      // Conductor has no route for one.
      auto all = versions(x, name);
      return all ? result<definition>(std::move(all->front())) : all.failure();
    }
  }
  auto answer = api_.call_json("GET", path);
  if (!answer)
    return answer.failure().code == errc::not_found ? none(x, name, version)
                                                    : answer.failure();
  // Some servers answer nothing, with 200, for a schedule that is not there.
  if (!answer->is_object() || answer->empty())
    return none(x, name, version);
  return definition{x, std::move(*answer), nullptr, {}};
}

result<definition> registry::find(const definition_name& which) {
  if (which.which)
    return get(*which.which, which.name, which.version);
  std::vector<definition> found;
  for (auto& x : all_kinds()) {
    if (which.version && !x.has_versions)
      continue;
    auto one = get(x.which, which.name, which.version);
    if (one)
      found.push_back(std::move(*one));
    else if (one.failure().code != errc::not_found)
      return one.failure();
  }
  if (found.empty())
    return failure{errc::not_found,
                   "there is no definition '" + text_of(which) + "'"};
  if (found.size() == 1)
    return std::move(found.front());
  std::string names;
  for (auto& x : found)
    names += ' ' + text_of(x.name());
  return failure{errc::conflict,
                 "'" + which.name + "' is the name of several:" + names};
}

result<done> registry::put(const definition& x, bool strict) {
  auto name = text_at(x.value, "name");
  auto sent = [&](const char* method, const std::string& path,
                  const json& body) -> result<done> {
    auto answer = api_.call_json(method, path, to_text(body));
    if (!answer)
      return answer.failure();
    // The bulk answer of workflows names what it refused.
    auto errors = answer->is_object()
                      ? answer->value("bulkErrorResults", json::object())
                      : json::object();
    if (auto why = text_at(errors, name.c_str()); !why.empty())
      return failure{errc::invalid, why};
    return done{};
  };
  switch (x.which) {
    case kind::workflow:
      return sent("PUT", definitions_path({"metadata", "workflow"}, strict),
                  json::array({x.value}));
    case kind::task:
      return sent("POST", definitions_path({"metadata", "taskdefs"}, strict),
                  json::array({x.value}));
    case kind::schema:
      return sent("POST", definitions_path({"schema"}, strict),
                  json::array({x.value}));
    case kind::schedule:
      return sent("POST", definitions_path({"scheduler", "schedules"}, strict),
                  x.value);
    case kind::event_handler:
      break;
  }
  auto there = get(x.which, name, std::nullopt);
  if (!there && there.failure().code != errc::not_found)
    return there.failure();
  return sent(there ? "PUT" : "POST", definitions_path({"event"}, strict),
              x.value);
}

result<done> registry::check(const definition& x, bool strict) {
  if (x.which != kind::workflow) {
    // No server checks these without storing them.
    auto broken = broken_rules(x);
    if (broken.empty())
      return done{};
    return failure{errc::invalid, "validation failed", std::move(broken)};
  }
  auto answer = api_.call(
      "POST", definitions_path({"metadata", "workflow", "validate"}, strict),
      to_text(x.value));
  return answer ? result<done>(done{}) : answer.failure();
}

result<done> registry::remove(kind x, const std::string& name,
                              std::optional<int32_t> version) {
  auto call = [&](const std::string& path) -> result<done> {
    auto answer = api_.call("DELETE", path);
    return answer ? result<done>(done{}) : answer.failure();
  };
  switch (x) {
    case kind::workflow: {
      if (version)
        return call(
            api_path({"metadata", "workflow", name, std::to_string(*version)}));
      auto all = versions(x, name);
      if (!all)
        return all.failure();
      for (auto& one : *all)
        if (auto ok = remove(x, name, one.name().version); !ok)
          return ok;
      return done{};
    }
    case kind::task:
      return call(api_path({"metadata", "taskdefs", name}));
    case kind::schema:
      return call(version ? api_path({"schema", name, std::to_string(*version)})
                          : api_path({"schema", name}));
    case kind::event_handler:
      return call(api_path({"event", name}));
    case kind::schedule:
      return call(api_path({"scheduler", "schedules", name}));
  }
  return done{};
}

} // namespace tutti::cli
