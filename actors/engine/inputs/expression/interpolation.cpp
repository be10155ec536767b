#include "actors/engine/inputs/expression/interpolation.hpp"

#include "actors/engine/decision/budget.hpp"
#include "actors/engine/decision/steps.hpp"
#include "actors/engine/inputs/expression/environment.hpp"
#include "actors/engine/inputs/expression/json_slice.hpp"
#include "actors/engine/inputs/expression/path_cache.hpp"
#include "messages/model/codec.hpp"

#include <algorithm>

namespace tutti::engine {

namespace interpolation_detail {

using std::string;
using std::string_view;

constexpr int depth_max = 16;

struct span {
  size_t begin, end; ///< of the whole `${...}`
};

// Outermost `${...}` with balanced braces and no `$` before them. Text with
// unbalanced braces stays text.
std::vector<span> expressions(string_view text) {
  std::vector<size_t> open;
  std::vector<span> pairs;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '{') {
      open.push_back(i);
    } else if (text[i] == '}' && !open.empty()) {
      size_t begin = open.back();
      open.pop_back();
      if (begin > 0 && text[begin - 1] == '$'
          && (begin < 2 || text[begin - 2] != '$')) {
        // The inner ones were found first; this one contains them.
        while (!pairs.empty() && pairs.back().begin >= begin)
          pairs.pop_back();
        pairs.push_back({begin - 1, i + 1});
      }
    }
  }
  return pairs;
}

void unescape_dollars(string& text) {
  size_t found = text.find("$${");
  if (found == text.npos)
    return;
  string out;
  size_t done = 0;
  for (; found != text.npos; found = text.find("$${", done)) {
    out.append(text, done, found - done);
    out += "${";
    done = found + 3;
  }
  out.append(text, done);
  text = std::move(out);
}

/// That much may be appended. Without room nothing more is made; who began
/// finds it in the budget.
bool has_room(const string& out, size_t more, const scope& from) {
  auto* spent = from.spent();
  if (spent && !spent->text.take(more))
    return false;
  return out.size() + more <= expansion_bytes_max;
}

bool is_blank(string_view text) {
  return text.find_first_not_of(" \t\n\r\f\v") == text.npos;
}

} // namespace interpolation_detail

std::optional<interpolation> interpolation::compile(std::string_view text) {
  if (text.find("${") == text.npos)
    return std::nullopt;
  interpolation out;
  out.parts_ = split(text, 0);
  if (std::all_of(out.parts_.begin(), out.parts_.end(),
                  [](auto& p) { return p.what == kind::text; }))
    return std::nullopt;
  return out;
}

std::string interpolation::literal(std::string_view text) {
  std::string out(text);
  interpolation_detail::unescape_dollars(out);
  return out;
}

interpolation::part interpolation::classify(std::string inside,
                                            std::string source) {
  part p{kind::path, std::move(inside), std::move(source)};
  if (interpolation_detail::is_blank(p.text)) {
    p.what = kind::blank;
  } else if (p.text.starts_with("workflow.secrets.")) {
    p.what = kind::secret;
  } else if (p.text.starts_with("workflow.env.")) {
    p.what = kind::environment;
  } else {
    p.may_be_name = p.text.find_first_of(".[") == p.text.npos;
  }
  return p;
}

std::vector<interpolation::part> interpolation::split(std::string_view text,
                                                      int depth) {
  std::vector<part> parts;
  size_t done = 0;
  auto put_text = [&](size_t end) {
    if (end > done)
      parts.push_back({kind::text, std::string(text.substr(done, end - done))});
  };
  for (auto [begin, end] : interpolation_detail::expressions(text)) {
    put_text(begin);
    done = end;
    auto source = text.substr(begin, end - begin);
    auto inside = source.substr(2, source.size() - 3);
    auto inner = depth < interpolation_detail::depth_max
                         && inside.find("${") != inside.npos
                     ? split(inside, depth + 1)
                     : std::vector<part>();
    bool nested = std::any_of(inner.begin(), inner.end(),
                              [](auto& p) { return p.what != kind::text; });
    if (nested) {
      part p{kind::nested, {}, std::string(source)};
      p.inside = std::move(inner);
      parts.push_back(std::move(p));
      continue;
    }
    auto p = classify(literal(inside), std::string(source));
    if (p.what == kind::path)
      if (auto path = json_path::compile(p.text))
        p.path = std::move(*path);
    parts.push_back(std::move(p));
  }
  put_text(text.size());
  return parts;
}

std::vector<std::string_view> interpolation::innermost(std::string_view text) {
  std::vector<std::string_view> out, todo{text};
  for (int depth = 0; depth <= interpolation_detail::depth_max && !todo.empty();
       ++depth) {
    std::vector<std::string_view> deeper;
    for (auto t : todo)
      for (auto [begin, end] : interpolation_detail::expressions(t)) {
        auto inside = t.substr(begin + 2, end - begin - 3);
        if (interpolation_detail::expressions(inside).empty())
          out.push_back(inside);
        else
          deeper.push_back(inside);
      }
    todo = std::move(deeper);
  }
  return out;
}

found_text interpolation::value(const part& p, const scope& from) {
  switch (p.what) {
    case kind::nested: {
      auto resolved = classify(join(p.inside, from), p.source);
      if (resolved.what == kind::path)
        resolved.path = path_cache::of_thread().find(resolved.text);
      return value(resolved, from);
    }
    case kind::blank:
      return found_text(std::string_view("\"\""));
    case kind::secret: {
      // Secrets are resolved at hand-off; only nested expressions are resolved
      // here.
      std::string out;
      write_string(out, "${" + p.text + "}");
      return found_text(std::move(out));
    }
    case kind::environment:
      return found_text(environment_value(
          std::string_view(p.text).substr(13),
          [&](std::string_view name) { return from.environment(name); }));
    case kind::path:
      break;
    case kind::text:
      return found_text::null();
  }
  if (p.may_be_name) {
    if (auto name = from.system_name(p.text)) {
      std::string out;
      write_string(out, *name);
      return found_text(std::move(out));
    }
    if (is_reserved_name(p.text)) {
      std::string out;
      write_string(out, p.source);
      return found_text(std::move(out));
    }
  }
  if (!p.path)
    return found_text::null();
  auto found = look_up(*p.path, from);
  from.value_read();
  return found;
}

void interpolation::append_text(std::string& out, const part& p,
                                const scope& from) {
  if (p.what == kind::text) {
    out += p.text;
    return;
  }
  auto found = value(p, from);
  bool paid = !from.steps() || from.steps()->spend(found.view().size() / 4);
  if (paid && interpolation_detail::has_room(out, found.view().size(), from))
    append_java_text(out, found.view());
  else
    out += "null";
}

std::string interpolation::join(const std::vector<part>& parts,
                                const scope& from) {
  std::string out;
  for (auto& p : parts)
    append_text(out, p, from);
  interpolation_detail::unescape_dollars(out);
  return out;
}

void interpolation::append_json(std::string& out, const scope& from) const {
  if (parts_.size() != 1) {
    write_string(out, join(parts_, from));
    return;
  }
  auto found = value(parts_[0], from);
  bool paid = !from.steps() || from.steps()->spend(found.view().size() / 64);
  if (paid && interpolation_detail::has_room(out, found.view().size(), from))
    out += found.view();
  else
    out += "null";
}

std::string interpolation::text(const scope& from) const {
  return join(parts_, from);
}

std::optional<payload> interpolation::whole_payload(const scope& from) const {
  if (parts_.size() != 1 || parts_[0].what != kind::path || !parts_[0].path
      || parts_[0].may_be_name)
    return std::nullopt;
  auto found = look_up(*parts_[0].path, from);
  from.value_read();
  return found.whole ? std::optional(*found.whole) : std::nullopt;
}

} // namespace tutti::engine
