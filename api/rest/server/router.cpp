#include "api/rest/server/router.hpp"

#include "api/rest/error_map.hpp"
#include "api/rest/server/request_id.hpp"

#include <algorithm>

namespace tutti::rest {

std::string_view path_params::operator[](std::string_view name) const {
  for (size_t i = 0; names_ && i < values_.size(); ++i)
    if ((*names_)[i] == name)
      return values_[i];
  return {};
}

struct router::leaf {
  api::permission needs;
  route_handler handler;
  body_kind body = body_kind::json;
  std::optional<std::vector<argument>> arguments = {};
  std::vector<std::string> names = {};
  std::shared_ptr<route_figures> figures = {};
};

struct router::node {
  // Sorted by text: binary search over a few words.
  std::vector<std::pair<std::string, std::unique_ptr<node>>> literals;
  std::unique_ptr<node> variable;
  std::array<std::optional<leaf>, static_cast<size_t>(method::other)> routes;

  const std::optional<leaf>& at(method verb) const {
    return routes[static_cast<size_t>(verb)];
  }
  auto place(std::string_view text) {
    return std::lower_bound(
        literals.begin(), literals.end(), text,
        [](auto& entry, std::string_view x) { return entry.first < x; });
  }
  const node* literal(std::string_view text) const {
    auto i = const_cast<node*>(this)->place(text);
    return i != literals.end() && i->first == text ? i->second.get() : nullptr;
  }
  node& literal_or_new(std::string_view text) {
    auto i = place(text);
    if (i == literals.end() || i->first != text)
      i = literals.emplace(i, std::string(text), std::make_unique<node>());
    return *i->second;
  }
};

namespace router_detail {

constexpr size_t variables_max = 8;
constexpr auto no_match = static_cast<size_t>(-1);

// HEAD is served as GET.
method served_as(method verb) {
  return verb == method::head ? method::get : verb;
}

} // namespace router_detail

// Tries literals first: of two matches with as many variables, the one whose
// literal is further left is found first and wins.
struct router::search {
  const std::vector<std::string_view>& segments;
  method verb;
  std::array<std::string_view, router_detail::variables_max> values = {};
  size_t variables = 0;

  const leaf* best = nullptr;
  size_t best_variables = router_detail::no_match;
  std::array<std::string_view, router_detail::variables_max> best_values = {};
  std::array<bool, static_cast<size_t>(method::other)> allowed = {};
  bool known = false;

  void reached(const node& end) {
    for (size_t i = 0; i < allowed.size(); ++i) {
      allowed[i] = allowed[i] || end.routes[i].has_value();
      known = known || end.routes[i].has_value();
    }
    if (verb == method::other || variables >= best_variables)
      return;
    const auto* found = &end.at(verb);
    if (!*found)
      found = &end.at(router_detail::served_as(verb));
    if (*found) {
      best = &**found;
      best_variables = variables;
      best_values = values;
    }
  }
};

router::router() : root_(std::make_unique<node>()) {}
router::~router() = default;
router::router(router&&) noexcept = default;
router& router::operator=(router&&) noexcept = default;

result<router> router::make(route_table routes, api::access_check access,
                            std::shared_ptr<const rest::gate> gate) {
  router out;
  out.gate_ = std::move(gate);
  out.access_ = std::move(access);
  for (auto& x : routes)
    if (auto added = out.add(std::move(x)); !added)
      return std::move(added).failure();
  out.unrouted_ = std::make_shared<route_figures>("any", "none");
  out.figures_.push_back(out.unrouted_);
  return out;
}

result<done> router::add(route x) {
  std::string_view pattern = x.pattern;
  auto bad = [&](const char* why) {
    return failure{errc::invalid,
                   "route '" + std::string(pattern) + "' " + why};
  };
  if (!pattern.starts_with('/') || x.verb == method::other)
    return bad("needs a known method and a pattern that starts with a slash");
  leaf added{x.needs, std::move(x.handler), x.body};
  added.figures = std::make_shared<route_figures>(
      std::string(to_string(x.verb)), x.pattern);
  if (x.notes)
    added.arguments = std::move(x.notes->arguments);
  auto at = root_.get();
  for (auto rest = pattern.substr(1); !rest.empty();) {
    auto end = std::min(rest.find('/'), rest.size());
    auto segment = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (segment.empty())
      return bad("has an empty segment");
    if (segment.front() != '{') {
      at = &at->literal_or_new(segment);
      continue;
    }
    if (segment.size() < 3 || segment.back() != '}')
      return bad("has a variable without a name or closing brace");
    if (added.names.size() == router_detail::variables_max)
      return bad("has more than 8 variables");
    added.names.emplace_back(segment.substr(1, segment.size() - 2));
    if (!at->variable)
      at->variable = std::make_unique<node>();
    at = at->variable.get();
  }
  auto& slot = at->routes[static_cast<size_t>(x.verb)];
  if (slot)
    return bad("was added twice");
  figures_.push_back(added.figures);
  slot = std::move(added);
  return done{};
}

void router::set_fallback(
    std::function<bool(const std::shared_ptr<exchange>&)> fallback) {
  fallback_ = std::move(fallback);
}

void router::find(const node& at, search& s, size_t depth) {
  if (depth == s.segments.size()) {
    s.reached(at);
    return;
  }
  auto segment = s.segments[depth];
  if (auto next = at.literal(segment))
    find(*next, s, depth + 1);
  if (!at.variable || segment.empty()
      || s.variables == router_detail::variables_max)
    return;
  s.values[s.variables++] = segment;
  find(*at.variable, s, depth + 1);
  --s.variables;
}

bool router::admit(exchange& x, const leaf* row) const {
  request_context known;
  known.request_id = request_id_of(x.header("X-Request-Id"));
  x.add_reply_header("X-Request-Id", known.request_id);
  auto id = known.request_id;
  x.set_context(std::move(known));
  x.set_route(row ? row->figures : unrouted_);
  auto needs = row ? row->needs : api::permission::public_;
  if (gate_)
    // What no route takes may call its body what it likes.
    if (auto no = gate_->check(x, needs, row ? row->body : body_kind::raw)) {
      x.reply(std::move(*no));
      return false;
    }
  auto from = access_({.client = x.header("X-Client-Id").value_or(""),
                       .trace = x.header("traceparent").value_or("")},
                      needs);
  if (!from) {
    x.reply(to_response(from.failure()));
    return false;
  }
  from->request_id = std::move(id);
  x.set_context(std::move(*from));
  return true;
}

void router::operator()(std::shared_ptr<exchange> x) const {
  search s{.segments = x->segments(), .verb = x->method()};
  find(*root_, s, 0);
  if (!admit(*x, s.best))
    return;
  if (!s.best) {
    if (s.known || !fallback_ || !fallback_(x))
      answer_unrouted(*x, s);
    return;
  }
  path_params params;
  params.names_ = &s.best->names;
  params.values_.assign(s.best_values.begin(),
                        s.best_values.begin()
                            + static_cast<ptrdiff_t>(s.best_variables));
  x->set_arguments(s.best->arguments ? &*s.best->arguments : nullptr);
  s.best->handler(std::move(x), params);
}

void router::answer_unrouted(exchange& x, const search& s) const {
  if (!s.known) {
    auto path = x.raw_target().substr(0, x.raw_target().find('?'));
    return x.reply(error(404, "no such route: " + std::string(x.method_name())
                                  + " " + std::string(path)));
  }
  std::string allow;
  for (size_t i = 0; i < s.allowed.size(); ++i) {
    if (!s.allowed[i])
      continue;
    allow += allow.empty() ? "" : ", ";
    allow += to_string(static_cast<method>(i));
    if (static_cast<method>(i) == method::get)
      allow += ", HEAD";
  }
  allow += ", OPTIONS";
  if (x.method() == method::options) {
    x.reply({.headers = {{"Allow", allow}}});
    return;
  }
  auto refusal = error(405, "method " + std::string(x.method_name())
                                + " is not supported here, only " + allow);
  refusal.headers.emplace_back("Allow", allow);
  x.reply(std::move(refusal));
}

} // namespace tutti::rest
