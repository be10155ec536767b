#include "actors/metadata/definition_changes.hpp"
#include "actors/metadata/definition_store.hpp"
#include "messages/requests/request_bounds.hpp"

#include <algorithm>

namespace tutti {

namespace annotation_changes_detail {

/// Set when there is no definition of that name.
std::optional<failure> unknown(const definition_snapshot& from,
                               change_tags::kind of, const std::string& name) {
  bool is_workflow = of == change_tags::kind::workflow;
  if (is_workflow ? from.find_versions(name) != nullptr
                  : from.find_task(name) != nullptr)
    return std::nullopt;
  return failure{errc::not_found,
                 (is_workflow ? "No such workflow found by name: "
                              : "No such taskType found by name: ")
                     + name};
}

using tags = std::vector<tag>;

/// A key has one value: the last one that was given.
void put(tags& all, const tag& x) {
  auto same_key = [&](const tag& other) { return other.key == x.key; };
  auto i = std::find_if(all.begin(), all.end(), same_key);
  if (i == all.end())
    all.push_back(x);
  else
    *i = x;
}

void take_out(tags& all, const tag& x) {
  std::erase_if(all, [&](const tag& other) {
    return other.key == x.key && (x.value.empty() || other.value == x.value);
  });
}

} // namespace annotation_changes_detail

result<definition_change> change(const definition_snapshot& from,
                                 const change_tags& x, size_t tags_max) {
  using namespace annotation_changes_detail;
  if (auto why = unknown(from, x.of, x.name))
    return *why;
  auto known = from.find_tags(x.of, x.name);
  tags all;
  if (known && x.how != change_tags::mode::replace)
    all = *known;
  for (auto& one : x.tags)
    if (x.how == change_tags::mode::remove)
      take_out(all, one);
    else
      put(all, one);
  if (all.size() > tags_max)
    return failure{errc::too_many,
                   sentence_of(bounds::tags, all.size(), tags_max, x.name)};
  definition_change out;
  out.rows.push_back(stored_tags(x.of, x.name, all));
  out.next = from.with_tags(x.of, x.name, std::move(all));
  return out;
}

result<definition_change> change(const definition_snapshot& from,
                                 const limit_workflow& x) {
  using namespace annotation_changes_detail;
  if (auto why = unknown(from, change_tags::kind::workflow, x.name))
    return *why;
  definition_change out;
  out.rows.push_back(stored_limit(x.name, x.limit));
  out.next = from.with_limit(x.name, x.limit);
  return out;
}

void remove_tags(definition_change& out, change_tags::kind of,
                 const std::string& name) {
  if (!out.next->find_tags(of, name))
    return;
  out.rows.push_back(stored_tags(of, name, {}));
  out.next = out.next->with_tags(of, name, {});
}

void remove_limit(definition_change& out, const std::string& name) {
  if (!out.next->find_limit(name))
    return;
  out.rows.push_back(stored_limit(name, std::nullopt));
  out.next = out.next->with_limit(name, std::nullopt);
}

} // namespace tutti
