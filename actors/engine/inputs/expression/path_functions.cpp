#include "actors/engine/inputs/expression/path_reader.hpp"
#include "messages/model/payload.hpp"

#include <algorithm>
#include <cmath>

namespace tutti::engine::path_reading {

using namespace path_syntax;

namespace path_functions_detail {

/// Values of the arguments; null for a path that finds nothing.
std::vector<const json*> values(context& x, const call& f) {
  std::vector<const json*> out;
  for (auto& a : f.arguments) {
    if (auto literal = std::get_if<json>(&a))
      out.push_back(literal);
    else {
      // `@` in an argument is the document, as upstream reads it.
      auto p = *std::get<std::shared_ptr<const path>>(a);
      p.absolute = true;
      out.push_back(read(x, p, nullptr));
    }
  }
  return out;
}

/// Numbers of the subject and the arguments; lists are flattened one level.
std::vector<double> numbers(context& x, const call& f, const json& subject) {
  std::vector<double> out;
  auto take = [&](const json& list) {
    for (auto& item : list)
      if (x.spend() && item.is_number() && x.make(2 * sizeof(double)))
        out.push_back(item.get<double>());
  };
  if (subject.is_array())
    take(subject);
  for (auto v : values(x, f)) {
    if (v && v->is_array())
      take(*v);
    else if (v && v->is_number())
      out.push_back(v->get<double>());
  }
  return out;
}

std::optional<double> aggregate(function what, const std::vector<double>& n) {
  if (n.empty())
    return std::nullopt;
  double sum = 0, squares = 0;
  for (auto v : n) {
    sum += v;
    squares += v * v;
  }
  auto count = double(n.size());
  switch (what) {
    case function::min:
      return *std::min_element(n.begin(), n.end());
    case function::max:
      return *std::max_element(n.begin(), n.end());
    case function::avg:
      return sum / count;
    case function::sum:
      return sum;
    default:
      return std::sqrt(
          std::max(0.0, squares / count - sum * sum / count / count));
  }
}

const json* element(const json& subject, int64_t index) {
  if (!subject.is_array())
    return nullptr;
  auto size = int64_t(subject.size());
  if (index < 0)
    index += size;
  return index >= 0 && index < size ? &subject[size_t(index)] : nullptr;
}

std::string concatenated(context& x, const call& f, const json& subject) {
  std::string out;
  auto put = [&](const json& v, bool convert) {
    if (v.is_string())
      out += v.get_ref<const std::string&>();
    else if (convert && !v.is_null())
      out += to_text(v);
    return x.copy(v);
  };
  if (subject.is_array())
    for (auto& item : subject)
      put(item, false);
  for (auto v : values(x, f)) {
    if (v && v->is_array())
      for (auto& item : *v)
        put(item, true);
    else if (v)
      put(*v, true);
  }
  return out;
}

const json* appended(context& x, const call& f, const json& subject) {
  if (!subject.is_array() || !x.copy(subject))
    return subject.is_array() ? nullptr : &subject;
  json list = subject;
  for (auto v : values(x, f)) {
    if (v && !x.copy(*v))
      return nullptr;
    list.push_back(v ? *v : json());
  }
  return x.own(std::move(list));
}

/// `$.length($.a)` counts the argument's value.
const json* length(context& x, const call& f, const json& subject) {
  auto of = &subject;
  if (auto given = values(x, f); !given.empty())
    of = given.front();
  if (!of || !of->is_structured())
    return x.own(json());
  return x.own(json(int64_t(of->size())));
}

const json* keys(context& x, const json& subject) {
  if (!subject.is_object())
    return x.own(json());
  json names = json::array();
  for (auto& [name, value] : subject.items()) {
    if (!x.spend() || !x.make(sizeof(json) + 2 * name.size()))
      return nullptr;
    names.push_back(name);
  }
  return x.own(std::move(names));
}

} // namespace path_functions_detail

const json* apply(context& x, const call& f, const json& subject) {
  using namespace path_functions_detail;
  // Recursion: arguments are paths with functions with arguments. The parser
  // bounds it.
  switch (f.what) {
    case function::length:
      return length(x, f, subject);
    case function::keys:
      return keys(x, subject);
    case function::concat:
      return x.own(concatenated(x, f, subject));
    case function::append:
      return appended(x, f, subject);
    case function::first:
      return element(subject, 0);
    case function::last:
      return element(subject, -1);
    case function::index: {
      auto given = values(x, f);
      if (given.empty() || !given[0] || !given[0]->is_number())
        return nullptr;
      auto n = given[0]->get<double>();
      if (!(std::abs(n) < 1e15))
        return nullptr;
      return element(subject, int64_t(n));
    }
    case function::min:
    case function::max:
    case function::avg:
    case function::sum:
    case function::stddev: {
      auto value = aggregate(f.what, numbers(x, f, subject));
      return value ? x.own(json(*value)) : nullptr;
    }
    case function::unknown:
      break;
  }
  return nullptr;
}

} // namespace tutti::engine::path_reading
