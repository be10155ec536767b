#include "actors/jobs/job_search.hpp"

#include "actors/search/search_everywhere.hpp"

#include <algorithm>

namespace tutti {

find_executions find_by_index(std::shared_ptr<const actor_directory> to,
                              bool everywhere) {
  return [to = std::move(to), everywhere](const execution_question& what,
                                          const reply<found_executions>& done) {
    envelope<search_index> x;
    auto& ask = x.request;
    ask.as = search_index::form::ids;
    ask.query = what.of.query;
    ask.free_text = what.of.free_text;
    // Keeps its place whatever is added and removed between two pages.
    ask.sort = "workflowId:ASC";
    ask.cursor = what.cursor;
    ask.count = int64_t(what.count);
    ask.at = what.at;
    if (what.statuses)
      ask.facets = {"status"};
    x.done = reply<search_result>([done](result<search_result> got) {
      if (!got)
        return done(std::move(got).failure());
      found_executions out;
      out.ids = std::move(got->items);
      out.cursor = std::move(got->cursor);
      out.total = got->total;
      for (auto& facet : got->facets)
        if (auto status = from_text<workflow_status>(facet.value))
          out.statuses[*status] = facet.count;
      done(std::move(out));
    });
    if (everywhere)
      search_everywhere(to, std::move(x));
    else
      to->tell(std::move(x));
  };
}

} // namespace tutti
