#include "tools/tutti/listing.hpp"

#include "tools/tutti/output.hpp"

#include <algorithm>

namespace tutti::cli {

using nlohmann::json;

namespace listing_detail {

constexpr size_t answered_max = 10'000; ///< by the API at once

int64_t created(const json& x) { return number_at(x, "createTime"); }

result<json> ask(client& api, const listing& what, size_t count,
                 int64_t before) {
  query_parameters query{{"running", what.ended_too ? "false" : "true"},
                         {"count", std::to_string(count)}};
  if (!what.name.empty())
    query.emplace_back("name", what.name);
  if (what.version)
    query.emplace_back("version", std::to_string(*what.version));
  if (before > 0)
    query.emplace_back("before", std::to_string(before));
  return api.call_json("GET", api_path({"tutti", "executions"}, query));
}

bool wanted(const json& x, const listing& what) {
  return what.status.empty() || text_at(x, "status") == what.status;
}

} // namespace listing_detail

size_t page_end(const json& items, size_t count) {
  using listing_detail::created;
  if (items.size() <= count || count == 0)
    return std::min(items.size(), count);
  auto end = count;
  while (end < items.size() && created(items[end]) == created(items[end - 1]))
    ++end;
  return end;
}

result<listed> list_executions(client& api, const listing& what) {
  using namespace listing_detail;
  listed out;
  auto before = what.before;
  std::optional<int64_t> all; ///< as the first answer counts them
  // One more than is shown tells whether a millisecond goes on. What a filter
  // leaves out is asked for again, in larger pages.
  bool filtered = !what.status.empty();
  auto count = filtered ? answered_max : std::min(what.count + 1, answered_max);
  while (true) {
    auto page = ask(api, what, count, before);
    if (!page)
      return page.failure();
    if (!page->is_array())
      return failure{errc::internal, "the server's list is no list"};
    auto total = std::max<int64_t>(api.total(), int64_t(page->size()));
    all = all.value_or(total);
    bool cut = total > int64_t(page->size());
    // The last millisecond of a page that was cut may go on behind it.
    auto whole = page->size();
    if (cut) {
      while (whole > 0 && created((*page)[whole - 1]) == created(page->back()))
        --whole;
      if (whole == 0 && count < answered_max) {
        count = std::min(count * 2, answered_max);
        continue;
      }
      if (whole == 0)
        whole = page->size();
    }
    json matching = json::array();
    bool too_old = false;
    for (size_t i = 0; i < whole && !too_old; ++i) {
      auto& x = (*page)[i];
      too_old = created(x) < what.since;
      if (!too_old && wanted(x, what))
        matching.push_back(x);
    }
    auto end = page_end(matching, what.count - out.items.size());
    bool full = end < matching.size();
    for (size_t i = 0; i < end; ++i)
      out.items.push_back(std::move(matching[i]));
    full = full || out.items.size() >= what.count;
    if (too_old || (!cut && !full))
      return out;
    if (full) {
      out.more = filtered || what.since > 0
                     ? (cut || end < matching.size() ? -1 : 0)
                     : *all - int64_t(out.items.size());
      if (out.more != 0)
        out.next_before = created(out.items.back());
      return out;
    }
    before = created((*page)[whole - 1]);
    // Smaller first pages end here only when a millisecond was cut off.
    count = answered_max;
  }
}

} // namespace tutti::cli
