#include "api/rest/routes/answering.hpp"
#include "api/rest/routes/query_reader.hpp"
#include "messages/model/payload.hpp"

#include <nlohmann/json.hpp>

namespace tutti::rest {

// Jobs (reference:jobs): one action, to every execution that a query finds.

namespace jobs_detail {

constexpr int64_t list_max = 1'000;

/// Reads the members of a job's order; remembers the first that is wrong.
class order_reader {
 public:
  explicit order_reader(const nlohmann::json& body) : body_(body) {}

  std::string text(const char* name) {
    auto* x = find(name);
    if (x && !x->is_string())
      wrong(name, "a text");
    return x && x->is_string() ? x->get<std::string>() : std::string();
  }
  bool flag(const char* name) {
    auto* x = find(name);
    if (x && !x->is_boolean())
      wrong(name, "true or false");
    return x && x->is_boolean() && x->get<bool>();
  }
  int64_t number(const char* name) {
    auto* x = find(name);
    if (!x)
      return 0;
    bool positive
        = x->is_number_integer() && *x > 0 && *x <= int64_t{1'000'000'000};
    if (!positive)
      wrong(name, "a positive integer");
    return positive ? x->get<int64_t>() : 0;
  }
  payload object(const char* name) {
    auto* x = find(name);
    if (x && !x->is_object())
      wrong(name, "a JSON object");
    return x && x->is_object() ? payload(*x) : payload();
  }
  std::optional<failure> end() {
    for (auto& [name, value] : body_.items())
      if (!why_ && std::ranges::find(known_, name) == known_.end())
        why_ = failure{errc::invalid,
                       "job: there is no property '" + name + "'"};
    return why_;
  }

 private:
  const nlohmann::json* find(const char* name) {
    known_.emplace_back(name);
    auto it = body_.find(name);
    return it == body_.end() || it->is_null() ? nullptr : &*it;
  }
  void wrong(const char* name, const char* rule) {
    if (!why_)
      why_ = failure{errc::invalid, "job: property '" + std::string(name)
                                        + "' must be " + rule};
  }

  const nlohmann::json& body_;
  std::vector<std::string> known_;
  std::optional<failure> why_;
};

result<job_order> read_order(std::string_view body) {
  auto read = parse_json(body);
  if (!read)
    return std::move(read).failure();
  if (!read->is_object())
    return failure{errc::invalid, "job: the body must be a JSON object"};
  order_reader in(*read);
  job_order out;
  out.query = in.text("query");
  out.free_text = in.text("freeText");
  out.all = in.flag("all");
  out.action = in.text("action");
  out.arguments = in.object("arguments");
  out.rate = in.number("ratePerSecond");
  out.parallel = in.number("parallel");
  if (auto why = in.end())
    return *why;
  return out;
}

void preview(const context_pointer& context, exchange_pointer x) {
  auto order = read_order(x->body());
  if (!order)
    return refuse(*x, order.failure());
  post(*context, std::move(x), preview_job{std::move(*order)}, as_json);
}

constexpr auto status_argument = text_of("status");
constexpr auto count_argument = long_of("count", 100, "100");
constexpr auto start_argument = long_of("start", 0, "0");
/// Absent: it stays as it is.
constexpr auto rate_argument = long_of("ratePerSecond", 0, "");

void create(const context_pointer& context, exchange_pointer x) {
  auto order = read_order(x->body());
  if (!order)
    return refuse(*x, order.failure());
  post(*context, std::move(x), create_job{{}, std::move(*order)}, as_json);
}

void read(const context_pointer& context, exchange_pointer x,
          std::string_view id) {
  post(*context, std::move(x), read_job{std::string(id)}, as_json);
}

void list(const context_pointer& context, exchange_pointer x) {
  query_reader query(*x);
  list_jobs ask;
  ask.status = query.read(status_argument);
  ask.count_max
      = uint64_t(std::min(query.read_positive(count_argument), list_max));
  if (query.failure())
    return refuse(*x, *query.failure());
  post(*context, std::move(x), std::move(ask), [](job_list&& got) {
    std::string out = "[";
    for (auto& one : got.items) {
      if (out.size() > 1)
        out += ',';
      out += one.text;
    }
    auto answer = json(out + ']');
    answer.headers.emplace_back("Tutti-Total", std::to_string(got.total));
    return answer;
  });
}

auto control(control_job::verb what) {
  return [what](const context_pointer& context, exchange_pointer x,
                std::string_view id) {
    query_reader query(*x);
    control_job ask{std::string(id), what};
    if (x->query("ratePerSecond"))
      ask.rate = query.read_positive(rate_argument);
    if (query.failure())
      return refuse(*x, *query.failure());
    post(*context, std::move(x), std::move(ask), as_json);
  };
}

void errors(const context_pointer& context, exchange_pointer x,
            std::string_view id) {
  query_reader query(*x);
  read_job_errors ask{std::string(id)};
  ask.start = query.read_natural(start_argument);
  ask.count = query.read_positive(count_argument);
  if (query.failure())
    return refuse(*x, *query.failure());
  post(*context, std::move(x), std::move(ask), [](document&& got) {
    auto next = got.next;
    auto out = as_json(std::move(got));
    if (next > 0)
      out.headers.emplace_back("Tutti-Next", std::to_string(next));
    return out;
  });
}

} // namespace jobs_detail

route_table job_routes(const context_pointer& context) {
  using namespace jobs_detail;
  using verb = control_job::verb;
  const std::string base = "/api/tutti/jobs";
  constexpr auto change = permission::workflow_control;
  constexpr auto look = permission::workflow_read;
  return {
      {method::post, base, change, serve(context, create),
       about("Begins a job.").takes("map").answers("map")},
      {method::post, base + "/preview", look, serve(context, preview),
       about("What a job would change.").takes("map").answers("map")},
      {method::get, base, look, serve(context, list),
       about("The jobs, the newest first.")
           .with(status_argument, count_argument)
           .answers("[map]")},
      {method::get, base + "/{jobId}", look, serve(context, read),
       about("A job with its progress.").answers("map")},
      {method::get, base + "/{jobId}/errors", look, serve(context, errors),
       about("The executions that a job could not change.")
           .with(start_argument, count_argument)
           .answers("[map]")},
      {method::post, base + "/{jobId}/pause", change,
       serve(context, control(verb::pause)),
       about("Pauses a job.").with(rate_argument).answers("map")},
      {method::post, base + "/{jobId}/resume", change,
       serve(context, control(verb::resume)),
       about("Resumes a job.").with(rate_argument).answers("map")},
      {method::post, base + "/{jobId}/cancel", change,
       serve(context, control(verb::cancel)),
       about("Cancels a job.").with(rate_argument).answers("map")},
  };
}

} // namespace tutti::rest
