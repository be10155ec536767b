#include "actors/retention/count_by_index.hpp"

#include "messages/model/payload.hpp"
#include "messages/model/query/literals.hpp"

#include <nlohmann/json.hpp>

namespace tutti {

namespace count_by_index_detail {

/// Summaries tell times as text.
int64_t end_of(const std::string& summary) {
  auto read = parse_json(summary);
  if (!read || !read->is_object())
    return 0;
  auto end = read->find("endTime");
  if (end == read->end())
    return 0;
  if (end->is_number_integer())
    return end->get<int64_t>();
  auto text = end->is_string() ? end->get<std::string>() : std::string();
  return query::to_time(text, 0).value_or(0);
}

} // namespace count_by_index_detail

std::function<void(std::string query, reply<retention_count>)>
count_by_index(std::shared_ptr<const actor_directory> to) {
  return [to = std::move(to)](std::string query,
                              const reply<retention_count>& done) {
    envelope<search_index> x;
    x.request.query = std::move(query);
    x.request.sort = "endTime:ASC";
    x.request.count = 1;
    x.done = reply<search_result>([done](result<search_result> got) {
      if (!got)
        return done(std::move(got).failure());
      retention_count out;
      out.total = got->total;
      if (!got->items.empty())
        out.oldest = count_by_index_detail::end_of(got->items.front());
      done(out);
    });
    to->tell(std::move(x));
  };
}

} // namespace tutti
