#include "actors/engine/inputs/expression/path_reader.hpp"

#include "actors/engine/decision/steps.hpp"

#include <algorithm>

namespace tutti::engine::path_reading {

using namespace path_syntax;

namespace path_reader_detail {

constexpr int depth_max = 1000;

/// A step of `weigh` stands for a value, or for so many characters.
constexpr uint64_t bytes_per_step = 64;
constexpr uint64_t match_bytes = 2 * sizeof(const json*);

struct walker {
  context& x;
  const path& p;
  matches& out;

  bool definite_before(size_t i) const {
    return std::all_of(p.segments.begin(), p.segments.begin() + long(i),
                       [](auto& s) {
                         if (auto c = std::get_if<child>(&s))
                           return c->names.size() == 1;
                         if (auto n = std::get_if<indices>(&s))
                           return n->at.size() == 1;
                         return std::holds_alternative<call>(s);
                       });
  }

  bool last(size_t i) const { return i + 1 == p.segments.size(); }

  void from(size_t i, const json* at) {
    if (!x.spend())
      return;
    if (i == p.segments.size()) {
      if (x.make(match_bytes))
        out.push_back(at);
      return;
    }
    std::visit([&](auto& s) { on(s, i, *at); }, p.segments[i]);
  }

  void on(const child& s, size_t i, const json& at) {
    if (!at.is_object())
      return;
    if (s.names.size() > 1 && last(i)) {
      json merged = json::object();
      for (auto& name : s.names)
        if (auto found = at.find(name); found != at.end()) {
          if (!x.copy(*found))
            return;
          merged[name] = *found;
        }
      out.push_back(x.own(std::move(merged)));
      return;
    }
    for (auto& name : s.names)
      if (auto found = at.find(name); found != at.end())
        from(i + 1, &*found);
  }

  void on(const wildcard&, size_t i, const json& at) {
    if (at.is_structured())
      for (auto& item : at)
        from(i + 1, &item);
  }

  void on(const indices& s, size_t i, const json& at) {
    if (at.is_array())
      for (auto index : s.at)
        element(i, at, index);
  }

  void element(size_t i, const json& at, int64_t index) {
    auto size = int64_t(at.size());
    if (index < 0)
      index += size;
    if (index >= 0 && index < size)
      from(i + 1, &at[size_t(index)]);
  }

  void on(const slice& s, size_t i, const json& at) {
    if (!at.is_array())
      return;
    auto size = int64_t(at.size());
    auto place = [&](int64_t n) {
      return std::clamp<int64_t>(n < 0 ? n + size : n, 0, size);
    };
    auto begin = place(s.from.value_or(0)), end = place(s.to.value_or(size));
    for (auto n = begin; n < end && !x.failed; n += s.step)
      from(i + 1, &at[size_t(n)]);
  }

  void on(const filter& s, size_t i, const json& at) {
    if (at.is_object()) {
      if (accepts(x, *s.test, at))
        from(i + 1, &at);
    } else if (at.is_array()) {
      for (auto& item : at)
        if (accepts(x, *s.test, item))
          from(i + 1, &item);
    } else if (definite_before(i)) {
      x.failed = true; // upstream calls this an invalid path
    }
  }

  void on(const call& s, size_t i, const json& at) {
    if (auto value = apply(x, s, at))
      from(i + 1, value);
    else
      x.failed = true;
  }

  void on(const descend&, size_t i, const json& at) {
    if (last(i))
      x.failed = true; // `..length()`: a function has nothing to scan for
    else
      scan(i + 1, at, 0);
  }

  void scan(size_t i, const json& at, int depth) {
    constexpr size_t steps = 3;
    if (!at.is_structured() || depth > depth_max || !x.spend(steps))
      return;
    if (fits(i, at))
      std::visit([&](auto& s) { on(s, i, at); }, p.segments[i]);
    for (auto& item : at)
      scan(i, item, depth + 1);
  }

  // After `..` a segment is applied only where it can match. A filter is
  // applied to objects themselves; lists are visited element by element anyway.
  bool fits(size_t i, const json& at) {
    auto& s = p.segments[i];
    if (auto c = std::get_if<child>(&s)) {
      if (!at.is_object())
        return false;
      if (c->names.size() > 1 && !last(i))
        return true;
      return std::all_of(c->names.begin(), c->names.end(),
                         [&](auto& name) { return at.contains(name); });
    }
    if (std::holds_alternative<filter>(s))
      return at.is_object();
    return !std::holds_alternative<call>(s);
  }
};

/// The first function whose subject is a list of matches, or none.
size_t gathering_call(const path& p, bool& scans) {
  bool many = false;
  for (size_t i = 0; i < p.segments.size(); ++i) {
    auto& s = p.segments[i];
    if (std::holds_alternative<call>(s)) {
      if (many)
        return i;
    } else if (std::holds_alternative<descend>(s)) {
      scans = many = true;
    } else if (auto c = std::get_if<child>(&s)) {
      many |= c->names.size() > 1 && i + 1 < p.segments.size();
    } else if (auto n = std::get_if<indices>(&s)) {
      many |= n->at.size() != 1;
    } else {
      many = true;
    }
  }
  return p.segments.size();
}

bool takes_lists_only(function f) {
  return f != function::length && f != function::keys && f != function::concat
         && f != function::append && f != function::unknown;
}

const json* list_of(context& x, const matches& found) {
  json list = json::array();
  for (auto m : found) {
    if (!x.copy(*m))
      return nullptr;
    list.push_back(*m);
  }
  return x.own(std::move(list));
}

/// Matches of a path; `single` value or list.
struct outcome {
  matches found;
  bool single = false;
};

outcome run(context& x, const path& p, const json* current) {
  outcome out{{}, p.definite};
  root_source::start start{current, 0};
  if (p.absolute)
    start = x.roots.begin(p);
  if (!start.at)
    return out;
  bool scans = false;
  size_t call_index = gathering_call(p, scans);
  if (call_index == p.segments.size()) {
    walk(x, p, start.covered, start.at, out.found);
    return out;
  }
  // A function after several matches. After `..` it takes them as one list;
  // otherwise each on its own, and the list only when that is impossible.
  path head{p.absolute, false, {}, {}}, tail{p.absolute, true, {}, {}};
  head.segments.assign(p.segments.begin(),
                       p.segments.begin() + long(call_index));
  tail.segments.assign(p.segments.begin() + long(call_index), p.segments.end());
  matches subjects;
  walk(x, head, start.covered, start.at, subjects);
  if (x.failed)
    return out;
  if (!scans) {
    for (auto s : subjects)
      walk(x, tail, 0, s, out.found);
    auto& f = std::get<call>(tail.segments[0]);
    if (!x.failed && (!subjects.empty() || !takes_lists_only(f.what)))
      return out;
    if (!takes_lists_only(f.what) || x.steps_left == 0)
      return out;
    x.failed = false;
    out.found.clear();
  }
  out.single = true;
  if (auto list = list_of(x, subjects))
    walk(x, tail, 0, list, out.found);
  return out;
}

} // namespace path_reader_detail

bool context::copy(const json& value) {
  auto steps = weigh(value, steps_left);
  return spend(steps) && make(steps * path_reader_detail::bytes_per_step);
}

void context::hold_more() {
  if (made_bytes > made_bytes_max) {
    steps_left = 0;
    failed = too_heavy = true;
    return;
  }
  auto& account = memory_account::of_process();
  // In large parts, so that the account is seldom asked.
  auto bytes = size_t(std::min(made_bytes + made_bytes / 4, made_bytes_max));
  if (memory.bytes() == 0)
    memory = account.hold(memory_use::results, bytes);
  else if (!memory.grow_to(bytes))
    throw memory_shortage();
}

void walk(context& x, const path& p, size_t from, const json* at,
          matches& out) {
  path_reader_detail::walker{x, p, out}.from(from, at);
}

matches find(context& x, const path& p, const json* current) {
  return path_reader_detail::run(x, p, current).found;
}

const json* read(context& x, const path& p, const json* current) {
  auto out = path_reader_detail::run(x, p, current);
  if (x.failed)
    return nullptr;
  if (out.single)
    return out.found.empty() ? nullptr : out.found.back();
  return path_reader_detail::list_of(x, out.found);
}

size_t weigh(const json& value, size_t limit) {
  size_t sum = 1;
  if (value.is_string())
    return 1 + value.get_ref<const std::string&>().size() / 64;
  if (value.is_structured())
    for (auto& item : value) {
      if (sum > limit)
        break;
      sum += weigh(item, limit);
    }
  return sum;
}

} // namespace tutti::engine::path_reading

namespace tutti::engine {

namespace path_reader_detail {

class document_source final : public root_source {
 public:
  explicit document_source(const nlohmann::json& root) : root_(root) {}
  start begin(const path_syntax::path&) override { return {&root_, 0}; }

 private:
  const nlohmann::json& root_;
};

} // namespace path_reader_detail

std::optional<nlohmann::json>
json_path::evaluate(const nlohmann::json& root) const {
  path_reader_detail::document_source source(root);
  return evaluate(source);
}

std::optional<nlohmann::json> json_path::evaluate(root_source& roots,
                                                  step_budget* steps,
                                                  memory_hold* held) const {
  path_reading::context x{roots};
  if (steps) {
    x.steps_left = size_t(steps->left());
    x.made_bytes_max = steps->document_bytes_max();
  }
  auto before = x.steps_left;
  auto value = path_reading::read(x, *syntax_, nullptr);
  if (steps && x.too_heavy) {
    steps->refuse_document(x.made_bytes);
    return std::nullopt;
  }
  if (held)
    *held = std::move(x.memory);
  // One more than there were: that is what it wanted.
  if (steps && !steps->spend(before - x.steps_left + x.ran_out))
    return std::nullopt;
  if (!value)
    return std::nullopt;
  if (!x.made.empty() && value == &x.made.back())
    return std::move(x.made.back());
  return *value;
}

} // namespace tutti::engine
