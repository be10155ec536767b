#include "messages/model/query/binder.hpp"

#include "messages/model/enums.hpp"
#include "messages/model/query/fields.hpp"
#include "messages/model/query/literals.hpp"
#include "messages/model/query/scanner.hpp"

#include <algorithm>

namespace tutti::query {

namespace binder_detail {

using kind = filter::kind;

filter of_kind(kind what) {
  filter out;
  out.what = what;
  return out;
}

filter negated(filter x) {
  if (x.what == kind::everything)
    return of_kind(kind::nothing);
  if (x.what == kind::nothing)
    return of_kind(kind::everything);
  auto out = of_kind(kind::negation);
  out.parts.push_back(std::move(x));
  return out;
}

std::vector<value> pieces_of(const literal& x) {
  std::vector<value> out;
  size_t from = 0;
  for (auto star : x.stars) {
    out.emplace_back(x.text.substr(from, star - from));
    from = star + 1;
  }
  out.emplace_back(x.text.substr(from));
  return out;
}

bool matches(std::string_view text, const std::vector<value>& pieces) {
  auto piece = [&](size_t i) -> std::string_view {
    return std::get<std::string>(pieces[i]);
  };
  if (!text.starts_with(piece(0)))
    return false;
  auto at = piece(0).size();
  for (size_t i = 1; i + 1 < pieces.size(); ++i) {
    auto found = text.find(piece(i), at);
    if (found == text.npos)
      return false;
    at = found + piece(i).size();
  }
  auto last = piece(pieces.size() - 1);
  return text.size() >= at + last.size() && text.ends_with(last);
}

test comparison_of(operation x) {
  switch (x) {
    case operation::less:
      return test::less;
    case operation::less_equal:
      return test::less_equal;
    case operation::greater:
      return test::greater;
    case operation::greater_equal:
      return test::greater_equal;
    case operation::between:
      return test::between;
    default:
      return test::equal;
  }
}

std::string in_words(operation x) {
  switch (x) {
    case operation::less:
      return "<";
    case operation::less_equal:
      return "<=";
    case operation::greater:
      return ">";
    case operation::greater_equal:
      return ">=";
    case operation::between:
      return "BETWEEN";
    case operation::starts_with:
      return "STARTS_WITH";
    default:
      return "=";
  }
}

template <class Status>
std::vector<std::pair<int64_t, std::string>> names_of_statuses(Status last) {
  std::vector<std::pair<int64_t, std::string>> out;
  for (int64_t i = 0; i <= int64_t(last); ++i)
    out.emplace_back(i, to_text(Status(i)));
  return out;
}

const std::vector<std::pair<int64_t, std::string>>& statuses(field of) {
  static const auto workflows = names_of_statuses(workflow_status::terminated);
  static const auto tasks = names_of_statuses(tutti::task_status::skipped);
  return of == field::task_status ? tasks : workflows;
}

class binder {
 public:
  binder(const binding& how, std::vector<std::string>& warnings)
      : how_(how), warnings_(warnings) {}

  result<filter> bind(const expression& x) {
    switch (x.what) {
      case expression::kind::everything:
        return filter{};
      case expression::kind::condition:
        return condition(x.test);
      case expression::kind::text:
        return text(x);
      case expression::kind::negation: {
        auto part = bind(x.parts.front());
        return part ? negated(std::move(*part)) : std::move(part);
      }
      case expression::kind::all_of:
        return list(x, kind::all_of);
      case expression::kind::any_of:
        return list(x, kind::any_of);
    }
    return filter{};
  }

 private:
  result<filter> list(const expression& x, kind how) {
    auto out = of_kind(how);
    for (auto& part : x.parts) {
      auto bound = bind(part);
      if (!bound)
        return bound;
      out.parts.push_back(std::move(*bound));
    }
    return out;
  }

  static filter text(const expression& x) {
    auto out = of_kind(kind::text);
    out.words = x.words;
    out.prefix = x.prefix;
    return out;
  }

  result<filter> condition(const query::condition& x) {
    if (x.field == "text" && x.what == operation::equal && !in_text_)
      return free_text(x.values.front());
    if (how_.subject == subject::workflows && x.field == "classifier")
      return classifier(x);
    if (is_attribute(how_.subject, x.field))
      return attribute(x);
    auto* known = find_field(how_.subject, x.field);
    if (!known)
      return unknown(x);
    auto bound = field_condition(x, *known);
    if (bound && x.what == operation::not_equal)
      return negated(std::move(*bound));
    return bound;
  }

  result<filter> free_text(const literal& x) {
    auto parsed = parse_free_text(x.text);
    if (!parsed)
      return scanner::wrong_at(x.column,
                               "in this text: " + parsed.failure().message);
    in_text_ = true;
    auto out = bind(*parsed);
    in_text_ = false;
    return out;
  }

  result<filter> unknown(const query::condition& x) {
    auto sentence = no_such_field(how_.subject, x.field);
    if (!how_.lenient)
      return scanner::wrong_at(x.column, std::move(sentence));
    warnings_.push_back(std::move(sentence));
    return of_kind(kind::nothing);
  }

  result<filter> field_condition(const query::condition& x,
                                 const field_info& known) {
    if (x.what == operation::is_null)
      return null_test(known);
    switch (known.kind) {
      case value_kind::status:
        return status_condition(x, known);
      case value_kind::text:
        return text_condition(x, known.which);
      case value_kind::number:
      case value_kind::time:
        break;
    }
    if (x.what == operation::starts_with)
      return wrong(x, known.name, "is no text");
    std::vector<value> values;
    for (auto& given : x.values) {
      auto read = number(given, known);
      if (!read)
        return std::move(read).failure();
      values.push_back(*read);
    }
    return of_field(known.which,
                    x.what == operation::in ? test::any_of
                                            : comparison_of(x.what),
                    std::move(values));
  }

  static filter of_field(field which, test how, std::vector<value> values) {
    auto out = of_kind(kind::field);
    out.of = which;
    out.how = how;
    out.values = std::move(values);
    return out;
  }

  static failure wrong(const query::condition& x, std::string_view name,
                       const std::string& why) {
    return scanner::wrong_at(x.column, "'" + std::string(name) + "' " + why
                                           + ": " + in_words(x.what)
                                           + " does not apply");
  }

  static filter null_test(const field_info& known) {
    if (!known.may_be_absent)
      return of_kind(kind::nothing);
    return of_field(known.which, test::is_null, {});
  }

  result<value> number(const literal& x, const field_info& known) {
    bool is_time = known.kind == value_kind::time;
    if (is_time) {
      if (auto ms = to_time(x.text, how_.now))
        return value{*ms};
    } else if (auto whole = to_integer(x.text)) {
      return value{*whole};
    } else if (auto number = to_number(x.text)) {
      return value{*number};
    }
    // An empty text is what an absent time looks like.
    if (is_time && x.text.empty())
      return value{int64_t{0}};
    return scanner::wrong_at(
        x.column, "'" + std::string(known.name) + "' is compared with "
                      + (is_time ? "a time: epoch milliseconds, "
                                   "2023-11-14T22:13:20Z, or from now like -1h"
                                 : "a number"));
  }

  result<filter> text_condition(const query::condition& x, field which) {
    if (x.what == operation::in)
      return any_of(x, which);
    if (x.what == operation::starts_with)
      return of_field(which, test::starts_with, {x.values.front().text});
    bool equal = x.what == operation::equal || x.what == operation::not_equal;
    if (equal && !x.values.front().stars.empty())
      return pattern(which, x.values.front());
    std::vector<value> values;
    for (auto& given : x.values)
      values.emplace_back(given.text);
    return of_field(which, comparison_of(x.what), std::move(values));
  }

  static filter pattern(field which, const literal& x) {
    auto pieces = pieces_of(x);
    if (pieces.size() == 2 && std::get<std::string>(pieces[1]).empty())
      return of_field(which, test::starts_with, {std::move(pieces[0])});
    return of_field(which, test::pattern, std::move(pieces));
  }

  static filter any_of(const query::condition& x, field which) {
    auto out = of_kind(kind::any_of);
    std::vector<value> plain;
    for (auto& given : x.values)
      if (given.stars.empty())
        plain.emplace_back(given.text);
      else
        out.parts.push_back(pattern(which, given));
    if (!plain.empty())
      out.parts.push_back(of_field(which, test::any_of, std::move(plain)));
    return out.parts.size() == 1 ? std::move(out.parts.front()) : out;
  }

  result<filter> status_condition(const query::condition& x,
                                  const field_info& known) {
    bool equal = x.what == operation::equal || x.what == operation::not_equal
                 || x.what == operation::in || x.what == operation::starts_with;
    if (!equal)
      return wrong(x, known.name, "is a status");
    std::vector<value> values;
    for (auto& given : x.values) {
      auto before = values.size();
      add_statuses(values, given, x.what == operation::starts_with, known);
      if (values.size() == before)
        unknown_status(given, known);
    }
    if (values.empty())
      return of_kind(kind::nothing);
    return of_field(known.which, test::any_of, std::move(values));
  }

  static void add_statuses(std::vector<value>& to, const literal& given,
                           bool prefix, const field_info& known) {
    literal capitals = given;
    for (auto& c : capitals.text)
      if (c >= 'a' && c <= 'z')
        c = static_cast<char>(c - 'a' + 'A');
    auto pieces = pieces_of(capitals);
    for (auto& [number, name] : statuses(known.which))
      if (prefix                   ? name.starts_with(capitals.text)
          : capitals.stars.empty() ? name == capitals.text
                                   : matches(name, pieces))
        to.emplace_back(number);
  }

  void unknown_status(const literal& given, const field_info& known) {
    warnings_.push_back(
        "'" + given.text.substr(0, 100) + "' is no status of "
        + (known.which == field::task_status ? "a task" : "a workflow"));
  }

  /// Every execution is of the classifier `workflow`.
  result<filter> classifier(const query::condition& x) {
    constexpr std::string_view all = "workflow";
    bool good = false;
    switch (x.what) {
      case operation::equal:
      case operation::not_equal:
      case operation::in:
        good = std::ranges::any_of(x.values, [&](auto& given) {
          return given.stars.empty() ? given.text == all
                                     : matches(all, pieces_of(given));
        });
        break;
      case operation::starts_with:
        good = all.starts_with(x.values.front().text);
        break;
      case operation::is_null:
        break;
      default:
        return wrong(x, "classifier", "is one of a few texts");
    }
    if (x.what == operation::not_equal)
      good = !good;
    return of_kind(good ? kind::everything : kind::nothing);
  }

  // Attributes. A value may be meant in several ways, because the definitions
  // of different workflows may give the path different types.

  result<filter> attribute(const query::condition& x) {
    auto out = of_kind(kind::attribute);
    out.path = x.field;
    if (x.what == operation::is_null) {
      out.how = test::is_null;
      return out;
    }
    bool equal = x.what == operation::equal || x.what == operation::not_equal;
    if (x.what == operation::starts_with) {
      out.how = test::starts_with;
      out.meanings = {{attribute_kind::text, {x.values.front().text}}};
    } else if (equal && !x.values.front().stars.empty()) {
      out.how = test::pattern;
      out.meanings = {{attribute_kind::text, pieces_of(x.values.front())}};
    } else {
      out.how = x.what == operation::in ? test::any_of : comparison_of(x.what);
      out.meanings = meanings(x);
    }
    return x.what == operation::not_equal ? negated(std::move(out))
                                          : std::move(out);
  }

  std::vector<attribute_test> meanings(const query::condition& x) {
    attribute_test texts{attribute_kind::text, {}},
        numbers{attribute_kind::number, {}},
        booleans{attribute_kind::boolean, {}}, times{attribute_kind::time, {}};
    for (auto& given : x.values) {
      texts.values.emplace_back(given.text);
      if (auto number = to_number(given.text))
        numbers.values.emplace_back(*number);
      if (given.text == "true" || given.text == "false")
        booleans.values.emplace_back(given.text == "true" ? 1.0 : 0.0);
      if (auto time = to_time(given.text, how_.now))
        times.values.emplace_back(double(*time));
    }
    std::vector<attribute_test> out;
    for (auto* one : {&texts, &numbers, &booleans, &times})
      // A range needs both ends; a list holds what fits.
      if (one->values.size() == x.values.size()
          || (x.what == operation::in && !one->values.empty()))
        out.push_back(std::move(*one));
    return out;
  }

  const binding& how_;
  std::vector<std::string>& warnings_;
  bool in_text_ = false; ///< a text holds no further text
};

} // namespace binder_detail

result<filter> bind(const expression& x, const binding& how,
                    std::vector<std::string>& warnings) {
  return binder_detail::binder(how, warnings).bind(x);
}

result<std::vector<sort_key>> parse_sort(std::string_view text,
                                         const binding& how,
                                         std::vector<std::string>& warnings) {
  constexpr size_t keys_max = 8;
  std::vector<sort_key> out;
  while (!text.empty()) {
    auto end = std::min(text.find_first_of("|,"), text.size());
    auto one = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    while (!one.empty() && is_blank(one.front()))
      one.remove_prefix(1);
    while (!one.empty() && is_blank(one.back()))
      one.remove_suffix(1);
    if (one.empty())
      continue;
    auto colon = std::min(one.find(':'), one.size());
    auto name = one.substr(0, colon);
    auto order = one.substr(std::min(colon + 1, one.size()));
    bool down = order == "DESC" || order == "desc";
    if (!down && !order.empty() && order != "ASC" && order != "asc")
      return failure{errc::invalid, "sort: '"
                                        + std::string(order.substr(0, 100))
                                        + "' is neither ASC nor DESC"};
    auto* known = find_field(how.subject, name);
    auto sentence = [&] { return "sort: " + no_such_field(how.subject, name); };
    if (known)
      out.push_back({known->which, down});
    else if (how.lenient)
      warnings.push_back(sentence());
    else
      return failure{errc::invalid, sentence()};
    if (out.size() > keys_max)
      return failure{errc::invalid,
                     "sort: at most " + std::to_string(keys_max) + " fields"};
  }
  return out;
}

result<field> parse_facet(std::string_view name, subject of) {
  auto* known = find_field(of, name);
  if (known && known->countable)
    return known->which;
  std::string all;
  for (auto& x : fields_of(of))
    if (x.countable)
      all += (all.empty() ? "" : ", ") + std::string(x.name);
  return failure{errc::invalid, "facets: '" + std::string(name.substr(0, 100))
                                    + "' is none of " + all};
}

filter both(filter a, filter b) {
  using kind = filter::kind;
  if (a.what == kind::everything)
    return b;
  if (b.what == kind::everything)
    return a;
  filter out;
  out.what = kind::all_of;
  out.parts.push_back(std::move(a));
  out.parts.push_back(std::move(b));
  return out;
}

} // namespace tutti::query
