#include "actors/search/search_everywhere.hpp"

#include "actors/support/scatter_gather.hpp"
#include "storage/index/place.hpp"

#include <algorithm>
#include <map>

namespace tutti {

namespace search_everywhere_detail {

/// How far a search has come in the index of each node. As text:
/// "node:cursor,node:cursor"; an empty cursor: at its beginning, "-": at its
/// end.
using progress = std::map<std::string, std::string>;

constexpr auto at_end = "-";

progress beginning(const actor_directory& to) {
  progress out{{to.node_name(), {}}};
  for (auto& node : to.other_nodes())
    out[node];
  return out;
}

std::optional<progress> read_cursor(std::string_view text, progress out) {
  size_t found = 0;
  while (!text.empty()) {
    auto end = std::min(text.find(','), text.size());
    auto part = text.substr(0, end);
    auto colon = part.find(':');
    auto known = out.find(std::string(part.substr(0, colon)));
    if (colon == part.npos || known == out.end())
      return std::nullopt;
    known->second = part.substr(colon + 1);
    ++found;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return found == out.size() ? std::optional(std::move(out)) : std::nullopt;
}

std::string write_cursor(const progress& x) {
  std::string out;
  for (auto& [node, cursor] : x) {
    if (!out.empty())
      out += ',';
    out += node + ':' + cursor;
  }
  return out;
}

class merging {
 public:
  merging(envelope<search_index> x, progress from)
      : x_(std::move(x)), reached_(std::move(from)) {}

  void finish(std::vector<result<search_result>> parts) {
    search_result out;
    for (auto& part : parts) {
      if (!part)
        return x_.done(std::move(part).failure());
      out.total += part->total;
      out.behind += part->behind;
      out.behind_ms = std::max(out.behind_ms, part->behind_ms);
      for (auto& x : part->facets)
        counts_[x.field][x.value] += x.count;
      for (auto& x : part->warnings)
        if (std::ranges::find(out.warnings, x) == out.warnings.end())
          out.warnings.push_back(std::move(x));
    }
    take_page(parts, out);
    put_facets(out);
    x_.done(std::move(out));
  }

 private:
  struct candidate {
    size_t part, item;
  };

  void take_page(std::vector<result<search_result>>& parts,
                 search_result& out) {
    std::vector<candidate> all;
    for (size_t i = 0; i < parts.size(); ++i)
      for (size_t k = 0; k < parts[i]->places.size(); ++k)
        all.push_back({i, k});
    std::ranges::stable_sort(all, [&](auto& a, auto& b) {
      return index::compare_places(parts[a.part]->places[a.item],
                                   parts[b.part]->places[b.item])
             < 0;
    });
    auto& ask = x_.request;
    auto start = ask.cursor.empty() ? size_t(ask.start) : 0;
    auto end = std::min(all.size(), start + size_t(ask.count));
    std::vector<size_t> taken(parts.size());
    for (size_t i = 0; i < end; ++i) {
      auto& part = *parts[all[i].part];
      taken[all[i].part] = all[i].item + 1;
      if (i < start)
        continue;
      out.items.push_back(std::move(part.items[all[i].item]));
      if (ask.places)
        out.places.push_back(part.places[all[i].item]);
    }
    put_cursor(parts, taken, out);
  }

  void put_cursor(const std::vector<result<search_result>>& parts,
                  const std::vector<size_t>& taken, search_result& out) {
    bool more = false;
    size_t i = 0;
    for (auto& [node, cursor] : reached_) {
      auto& part = *parts[i];
      auto n = taken[i++];
      if (cursor == at_end)
        continue;
      if (n == part.places.size() && part.cursor.empty()) {
        cursor = at_end;
        continue;
      }
      more = true;
      if (n > 0)
        cursor = part.places[n - 1];
    }
    if (more && x_.request.count > 0)
      out.cursor = write_cursor(reached_);
  }

  void put_facets(search_result& out) const {
    for (auto& [field, values] : counts_) {
      auto first = out.facets.size();
      for (auto& [value, count] : values)
        out.facets.push_back({field, value, count});
      std::stable_sort(out.facets.begin() + std::ptrdiff_t(first),
                       out.facets.end(),
                       [](auto& a, auto& b) { return a.count > b.count; });
    }
  }

  envelope<search_index> x_;
  progress reached_;
  std::map<std::string, std::map<std::string, uint64_t>> counts_;
};

} // namespace search_everywhere_detail

void search_everywhere(const std::shared_ptr<const actor_directory>& to,
                       envelope<search_index> x) {
  using namespace search_everywhere_detail;
  if (to->other_nodes().empty())
    return to->tell(std::move(x));
  if (x.request.start < 0 || x.request.count < 0)
    return x.done(failure{errc::invalid, "start and size are 0 or more"});
  auto from = beginning(*to);
  if (!x.request.cursor.empty()) {
    auto read = read_cursor(x.request.cursor, from);
    if (!read)
      return x.done(failure{errc::invalid,
                            "the cursor is none of this search, or of other "
                            "nodes; begin with the first page"});
    from = std::move(*read);
  }
  auto all = std::make_shared<merging>(x, from);
  auto parts = scatter_gather<search_result>::create(
      from.size(), [all](std::vector<result<search_result>> got) {
        all->finish(std::move(got));
      });
  size_t i = 0;
  for (auto& [node, cursor] : from) {
    auto ask = x.with(scatter_gather<search_result>::slot(parts, i++));
    auto& what = ask.request;
    what.places = true;
    what.cursor = cursor == at_end ? std::string() : cursor;
    what.count = cursor == at_end ? 0
                 : cursor.empty() && x.request.cursor.empty()
                     ? x.request.start + x.request.count
                     : x.request.count;
    what.start = 0;
    if (node == to->node_name())
      to->tell(std::move(ask));
    else
      to->tell_node(node, std::move(ask));
  }
}

} // namespace tutti
