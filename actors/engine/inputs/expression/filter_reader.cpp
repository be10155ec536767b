#include "actors/engine/inputs/expression/path_reader.hpp"
#include "messages/model/payload.hpp"

#include <algorithm>
#include <charconv>

namespace tutti::engine::path_reading {

using namespace path_syntax;

namespace filter_reader_detail {

/// A side of a comparison: a value or a regular expression.
struct side {
  const json* value = nullptr;
  const pattern* expression = nullptr;
};

side resolve(context& x, const operand& o, const json& candidate) {
  if (auto p = std::get_if<std::shared_ptr<const path>>(&o)) {
    auto value = read(x, **p, &candidate);
    // Inside a filter, a function that cannot be applied yields no value, which
    // compares as null (upstream suppresses its exceptions).
    if (x.steps_left > 0)
      x.failed = false;
    static const json null;
    return {value ? value : &null};
  }
  if (auto literal = std::get_if<json>(&o))
    return {literal};
  return {nullptr, &std::get<pattern>(o)};
}

int compare_numbers(const json& a, const json& b) {
  auto order = [](auto l, auto r) { return l < r ? -1 : l > r ? 1 : 0; };
  if (a.is_number_integer() && b.is_number_integer()) {
    if (a.is_number_unsigned() && b.is_number_unsigned())
      return order(a.get<uint64_t>(), b.get<uint64_t>());
    // One of them is below 2^63; the other is only above it when unsigned.
    if (a.is_number_unsigned() && a.get<uint64_t>() > INT64_MAX)
      return 1;
    if (b.is_number_unsigned() && b.get<uint64_t>() > INT64_MAX)
      return -1;
    return order(a.get<int64_t>(), b.get<int64_t>());
  }
  return order(a.get<double>(), b.get<double>());
}

std::optional<json> number_in(const std::string& text) {
  if (text.empty() || text.size() > 64)
    return std::nullopt;
  auto value = parse_json(text, 2);
  if (!value || !value->is_number())
    return std::nullopt;
  return std::move(*value);
}

bool equal(const json& a, const json& b) {
  if (a.is_number() && b.is_number())
    return compare_numbers(a, b) == 0;
  // Upstream compares a number with a string as the left one's kind.
  if (a.is_number() && b.is_string()) {
    auto n = number_in(b.get_ref<const std::string&>());
    return n && compare_numbers(a, *n) == 0;
  }
  if (a.is_string() && b.is_number())
    return a.get_ref<const std::string&>() == to_text(b);
  return a == b;
}

bool same_kind(const json& a, const json& b) {
  if (a.is_structured() && b.is_structured())
    return true;
  return a.is_number() ? b.is_number() : a.type() == b.type();
}

/// Numbers with numbers, strings with strings; nothing else has an order.
std::optional<int> order(const side& l, const side& r) {
  if (!l.value || !r.value)
    return std::nullopt;
  if (l.value->is_number() && r.value->is_number())
    return compare_numbers(*l.value, *r.value);
  if (l.value->is_string() && r.value->is_string())
    return l.value->get_ref<const std::string&>().compare(
        r.value->get_ref<const std::string&>());
  return std::nullopt;
}

bool contains(context& x, const json& list, const json& value) {
  for (auto& item : list)
    if (!x.spend() || equal(value, item))
      return !x.failed;
  return false;
}

bool lists(const side& l, const side& r) {
  return l.value && r.value && l.value->is_array() && r.value->is_array();
}

std::string subject_text(const json* value) {
  if (!value || value->is_structured() || value->is_null())
    return {};
  if (value->is_string())
    return value->get<std::string>();
  return to_text(*value);
}

bool match(context& x, const side& l, const side& r) {
  auto expression = l.expression ? l.expression : r.expression;
  auto subject = l.expression ? r.value : l.value;
  if (!expression || (l.expression && r.expression))
    return false;
  auto one = [&](const json* value) {
    auto text = subject_text(value);
    return x.spend(expression->cost(text)) && expression->matches(text);
  };
  if (subject && subject->is_array())
    return std::any_of(subject->begin(), subject->end(),
                       [&](auto& item) { return one(&item); });
  return one(subject);
}

/// Characters, not bytes.
size_t characters(const std::string& text) {
  return size_t(std::count_if(text.begin(), text.end(),
                              [](char c) { return (c & 0xC0) != 0x80; }));
}

bool has_size(const side& l, const side& r) {
  if (!l.value || !r.value || !r.value->is_number_integer())
    return false;
  auto wanted = r.value->get<int64_t>();
  if (l.value->is_string())
    return int64_t(characters(l.value->get_ref<const std::string&>()))
           == wanted;
  return l.value->is_array() && int64_t(l.value->size()) == wanted;
}

bool is_empty(const side& l, const side& r) {
  if (!l.value || !r.value || !r.value->is_boolean())
    return false;
  bool empty = false;
  if (l.value->is_string())
    empty = l.value->get_ref<const std::string&>().empty();
  else if (l.value->is_structured())
    empty = l.value->empty();
  else
    return false;
  return empty == r.value->get<bool>();
}

bool holds(context& x, const side& l, relation how, const side& r) {
  auto in = [&] {
    return l.value && r.value && r.value->is_array()
           && contains(x, *r.value, *l.value);
  };
  auto all_in = [&](const json& few, const json& many) {
    return std::all_of(few.begin(), few.end(),
                       [&](auto& item) { return contains(x, many, item); });
  };
  auto any_in = [&] {
    return std::any_of(l.value->begin(), l.value->end(),
                       [&](auto& item) { return contains(x, *r.value, item); });
  };
  auto eq = [&] { return l.value && r.value && equal(*l.value, *r.value); };
  auto same = [&] { return eq() && same_kind(*l.value, *r.value); };
  auto o = order(l, r);
  switch (how) {
    case relation::eq:
      return eq();
    case relation::ne:
      return !eq();
    case relation::same:
      return same();
    case relation::not_same:
      return !same();
    case relation::lt:
      return o && *o < 0;
    case relation::le:
      return o && *o <= 0;
    case relation::gt:
      return o && *o > 0;
    case relation::ge:
      return o && *o >= 0;
    case relation::in:
      return in();
    case relation::nin:
      return !in();
    case relation::contains:
      if (!l.value || !r.value)
        return false;
      if (l.value->is_string() && r.value->is_string())
        return l.value->get_ref<const std::string&>().find(
                   r.value->get_ref<const std::string&>())
               != std::string::npos;
      return l.value->is_array() && contains(x, *l.value, *r.value);
    case relation::all:
      return lists(l, r) && all_in(*r.value, *l.value);
    case relation::subset_of:
      return lists(l, r) && all_in(*l.value, *r.value);
    case relation::any_of:
      return lists(l, r) && any_in();
    case relation::none_of:
      return lists(l, r) && !any_in();
    case relation::size:
      return has_size(l, r);
    case relation::empty:
      return is_empty(l, r);
    case relation::matches:
      return match(x, l, r);
    case relation::exists:
    case relation::missing:
      break; // answered before sides are read
  }
  return false;
}

bool leaf(context& x, const comparison& test, const json& candidate) {
  if (test.how == relation::exists || test.how == relation::missing) {
    auto& p = *std::get<std::shared_ptr<const path>>(test.left);
    bool found = !find(x, p, &candidate).empty();
    if (x.steps_left > 0)
      x.failed = false;
    return found == (test.how == relation::exists);
  }
  auto l = resolve(x, test.left, candidate);
  auto r = resolve(x, test.right, candidate);
  return holds(x, l, test.how, r);
}

bool check(context& x, const condition& c, const json& candidate) {
  if (!x.spend())
    return false;
  auto holds_for = [&](auto& part) { return check(x, part, candidate); };
  switch (c.what) {
    case condition::kind::all_of:
      return std::all_of(c.parts.begin(), c.parts.end(), holds_for);
    case condition::kind::any_of:
      return std::any_of(c.parts.begin(), c.parts.end(), holds_for);
    case condition::kind::negation:
      return !holds_for(c.parts.front());
    case condition::kind::leaf:
      break;
  }
  return leaf(x, c.test, candidate);
}

} // namespace filter_reader_detail

bool accepts(context& x, const condition& test, const json& candidate) {
  // Frees the values that this candidate's paths created.
  size_t made = x.made.size();
  auto bytes = x.made_bytes;
  bool yes = filter_reader_detail::check(x, test, candidate) && !x.failed;
  while (x.made.size() > made)
    x.made.pop_back();
  if (!x.too_heavy)
    x.made_bytes = bytes;
  return yes;
}

} // namespace tutti::engine::path_reading
