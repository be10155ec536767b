#include "actors/gateway/correlated.hpp"

#include "actors/search/search_everywhere.hpp"
#include "messages/model/codec.hpp"
#include "messages/model/query/parser.hpp"
#include "messages/requests/request_bounds.hpp"

#include <algorithm>
#include <memory>

namespace tutti {

namespace correlated_detail {

/// The index cuts it to `index.page_max`.
constexpr int64_t executions_max = 5'000;

std::string query_of(const find_correlated& x, const std::string& id) {
  auto out = "correlationId=" + query::quoted(id);
  std::string names;
  for (auto& name : x.names)
    names += (names.empty() ? "" : ",") + query::quoted(name);
  if (x.names.size() == 1)
    out += " AND workflowType=" + names;
  else if (!names.empty())
    out += " AND workflowType IN (" + names + ")";
  if (!x.include_closed)
    out += " AND status=RUNNING";
  return out;
}

/// One request under way; each answer takes the next step.
class reading : public std::enable_shared_from_this<reading> {
 public:
  reading(gateway_context_pointer context, envelope<find_correlated> x)
      : context_(std::move(context)), x_(std::move(x)) {}

  void begin() {
    auto& ids = what().correlation_ids;
    // Twice the same is one key.
    auto end = ids.end();
    for (auto i = ids.begin(); i != end; ++i)
      end = std::remove(i + 1, end, *i);
    ids.erase(end, ids.end());
    out_ = what().as_list ? "" : "{";
    next_id();
  }

 private:
  find_correlated& what() { return x_.request; }

  void next_id() {
    if (at_ == what().correlation_ids.size())
      return end();
    auto& id = what().correlation_ids[at_];
    if (!what().as_list) {
      if (out_.size() > 1)
        out_ += ',';
      write_string(out_, id);
      out_ += ':';
    }
    out_ += '[';
    envelope<search_index> ask;
    ask.request.query = query_of(what(), id);
    ask.request.as = search_index::form::ids;
    ask.request.sort = "startTime:ASC|workflowId:ASC";
    ask.request.count = executions_max;
    ask.context = x_.context;
    ask.done = reply<search_result>(
        [me = shared_from_this()](result<search_result> got) {
          if (!got)
            return me->x_.done(std::move(got).failure());
          me->found_ = std::move(got->items);
          me->read_ = 0;
          me->next_execution();
        });
    search_everywhere(context_->directory, std::move(ask));
  }

  void next_execution() {
    if (read_ == found_.size()) {
      out_ += ']';
      ++at_;
      return next_id();
    }
    envelope<read_execution> ask;
    ask.request.workflow_id = found_[read_++];
    ask.request.include_tasks = what().include_tasks;
    ask.context = x_.context;
    ask.done = reply<document>(
        [me = shared_from_this()](result<document> got) { me->add(got); });
    auto id = ask.request.workflow_id;
    context_->directory->tell(id, std::move(ask));
  }

  void add(result<document>& got) {
    // Removed since the index was asked.
    if (!got && got.failure().code == errc::not_found)
      return next_execution();
    if (!got)
      return x_.done(std::move(got).failure());
    auto most = context_->settings.answer_bytes_max;
    if (out_.size() + got->text.size() > most)
      return x_.done(
          failure{errc::too_large,
                  sentence_of(bounds::answer, out_.size() + got->text.size(),
                              most, "the list of correlated executions")});
    if (out_.back() != '[')
      out_ += ',';
    out_ += got->text;
    next_execution();
  }

  void end() {
    if (!what().as_list)
      out_ += '}';
    x_.done(document{std::move(out_)});
  }

  gateway_context_pointer context_;
  envelope<find_correlated> x_;
  std::string out_;
  std::vector<std::string> found_;
  size_t at_ = 0, read_ = 0;
};

} // namespace correlated_detail

void find_by_correlation(const gateway_context_pointer& context,
                         envelope<find_correlated> x) {
  std::make_shared<correlated_detail::reading>(context, std::move(x))->begin();
}

} // namespace tutti
