#include "actors/engine/definition/schema/json_schema.hpp"

#include "messages/model/violations.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tutti::engine {

namespace json_schema_check_detail {

using json = nlohmann::json;

size_t characters(const std::string& text) {
  return size_t(std::count_if(text.begin(), text.end(), [](unsigned char c) {
    return (c & 0xc0) != 0x80;
  }));
}

bool is_whole(const json& x) {
  return x.is_number_integer()
         || (x.is_number_float() && std::isfinite(x.get<double>())
             && x.get<double>() == std::floor(x.get<double>()));
}

bool has_type(const json& x, const std::string& type) {
  if (type == "integer")
    return is_whole(x);
  if (type == "number")
    return x.is_number();
  return type == x.type_name();
}

bool is_multiple(const json& x, const json& of) {
  if (x.is_number_integer() && of.is_number_integer()
      && !x.is_number_unsigned())
    return x.get<int64_t>() % of.get<int64_t>() == 0;
  if (x.is_number_unsigned() && of.is_number_integer())
    return x.get<uint64_t>() % of.get<uint64_t>() == 0;
  auto times = x.get<double>() / of.get<double>();
  return std::isfinite(times)
         && std::abs(times - std::round(times))
                <= 1e-9 * std::max(1.0, std::abs(times));
}

size_t count_in(const json& schema, const char* key, size_t otherwise) {
  auto it = schema.find(key);
  if (it == schema.end())
    return otherwise;
  auto value = it->get<double>();
  return value >= 1e15 ? std::numeric_limits<size_t>::max() : size_t(value);
}

} // namespace json_schema_check_detail

/// Checks one value against one schema. Reports the first misfit; inside anyOf,
/// not and the like it only counts them.
class json_schema::check {
 public:
  check(const json_schema& by, size_t steps_most)
      : by_(by), steps_max_(steps_most) {}

  bool fits(const json& schema, const json& value);
  std::optional<std::string> take() { return std::move(why_); }
  size_t used() const { return steps_; }
  std::string path;

 private:
  using strings = const std::string&;

  bool fail(std::string rule);
  /// False: too many steps.
  bool spend(size_t steps);
  bool gave_up();
  bool spend_on(const json& value) {
    return spend(steps_of(value, steps_max_ - std::min(steps_, steps_max_)));
  }
  /// Without a report.
  bool quietly(const json& schema, const json& value);
  bool inside(const json& schema, const json& value, const std::string& step);
  bool any_value(const json& schema, const json& value);
  bool is_one_of(const json& list, const json& value) const;
  bool has_twice(const json& list) const;
  bool number(const json& schema, const json& value);
  bool text(const json& schema, strings value);
  bool list(const json& schema, const json& value);
  bool object(const json& schema, const json& value);
  bool properties(const json& schema, const json& value);
  bool combined(const json& schema, const json& value);
  bool matches(strings pattern, strings text);

  const json_schema& by_;
  size_t steps_max_, steps_ = 0, depth_ = 0;
  int quiet_ = 0;
  bool gave_up_ = false;
  std::optional<std::string> why_;
};

bool json_schema::check::fail(std::string rule) {
  if (!why_ && (quiet_ == 0 || gave_up_))
    why_ = (path.empty() ? "/" : shortened(path, 300)) + ": " + std::move(rule);
  return false;
}

bool json_schema::check::spend(size_t steps) {
  steps_ += steps;
  if (steps_ <= steps_max_ || gave_up_)
    return !gave_up_;
  return gave_up();
}

bool json_schema::check::gave_up() {
  gave_up_ = true;
  return fail(
      "the check was given up: schema and value are too large together, "
      "or the schema refers to itself without end");
}

bool json_schema::check::quietly(const json& schema, const json& value) {
  ++quiet_;
  auto out = fits(schema, value);
  --quiet_;
  return out;
}

bool json_schema::check::inside(const json& schema, const json& value,
                                const std::string& step) {
  auto length = path.size();
  path += '/';
  path += step;
  if (!spend(step.size() / 64))
    return false;
  auto out = fits(schema, value);
  path.resize(length);
  return out;
}

bool json_schema::check::fits(const json& schema, const json& value) {
  if (gave_up_)
    return false;
  if (schema.is_boolean())
    return schema.get<bool>() || fail("is not allowed");
  // Each of its rules is looked for.
  constexpr size_t steps = 40;
  if (depth_ >= depth_max)
    gave_up_ = true;
  if (!spend(steps))
    return gave_up();
  ++depth_;
  bool out = true;
  if (auto it = by_.references_.find(&schema); it != by_.references_.end()) {
    out = fits(*it->second, value);
    if (by_.lone_references_) {
      --depth_;
      return out;
    }
  }
  out = out && any_value(schema, value)
        && (!value.is_number() || number(schema, value))
        && (!value.is_string()
            || text(schema, value.get_ref<const std::string&>()))
        && (!value.is_array() || list(schema, value))
        && (!value.is_object() || object(schema, value))
        && combined(schema, value);
  --depth_;
  return out && !gave_up_;
}

bool json_schema::check::any_value(const json& schema, const json& value) {
  using namespace json_schema_check_detail;
  if (auto it = schema.find("type"); it != schema.end()) {
    auto fits_one = [&](const json& type) {
      return has_type(value, type.get_ref<const std::string&>());
    };
    bool good = it->is_array() ? std::any_of(it->begin(), it->end(), fits_one)
                               : fits_one(*it);
    if (!good)
      return fail("must be of type " + shown(*it) + ", but is "
                  + value.type_name());
  }
  if (auto it = schema.find("const"); it != schema.end()) {
    if (!spend_on(value))
      return false;
    if (*it != value)
      return fail("must be " + shown(*it));
  }
  if (auto it = schema.find("enum"); it != schema.end()) {
    if (!spend_on(value))
      return false;
    if (!is_one_of(*it, value))
      return fail("must be one of " + shown(*it));
  }
  return true;
}

bool json_schema::check::is_one_of(const json& list, const json& value) const {
  auto set = by_.enums_.find(&list);
  return set == by_.enums_.end()
             ? std::find(list.begin(), list.end(), value) != list.end()
             : set->second.contains(value);
}

bool json_schema::check::number(const json& schema, const json& value) {
  using namespace json_schema_check_detail;
  auto broken = [&](const char* key, auto holds, const char* rule) {
    auto it = schema.find(key);
    if (it == schema.end() || !it->is_number() || holds(*it))
      return false;
    fail(rule + shown(*it));
    return true;
  };
  return !broken(
             "minimum", [&](auto& x) { return value >= x; },
             "must be at least ")
         && !broken(
             "maximum", [&](auto& x) { return value <= x; }, "must be at most ")
         && !broken(
             "exclusiveMinimum", [&](auto& x) { return value > x; },
             "must be more than ")
         && !broken(
             "exclusiveMaximum", [&](auto& x) { return value < x; },
             "must be less than ")
         && !broken(
             "multipleOf", [&](auto& x) { return is_multiple(value, x); },
             "must be a multiple of ");
}

bool json_schema::check::matches(strings pattern, strings text) {
  auto it = by_.patterns_.find(pattern);
  if (it == by_.patterns_.end())
    return false;
  return spend(it->second.cost(text)) && it->second.matches(text);
}

bool json_schema::check::text(const json& schema, strings value) {
  using namespace json_schema_check_detail;
  if (!spend(value.size() / 64))
    return false;
  auto length = characters(value);
  if (length < count_in(schema, "minLength", 0))
    return fail("must have at least " + shown(schema["minLength"])
                + " characters");
  if (length > count_in(schema, "maxLength", length))
    return fail("must have at most " + shown(schema["maxLength"])
                + " characters");
  if (auto it = schema.find("pattern"); it != schema.end())
    if (!matches(it->get_ref<const std::string&>(), value))
      return fail("must match the pattern '" + it->get_ref<const std::string&>()
                  + "'");
  return true;
}

bool json_schema::check::list(const json& schema, const json& value) {
  using namespace json_schema_check_detail;
  auto size = value.size();
  if (size < count_in(schema, "minItems", 0))
    return fail("must have at least " + shown(schema["minItems"]) + " items");
  if (size > count_in(schema, "maxItems", size))
    return fail("must have at most " + shown(schema["maxItems"]) + " items");
  if (auto it = schema.find("uniqueItems");
      it != schema.end() && it->get<bool>()) {
    if (!spend_on(value))
      return false;
    if (has_twice(value))
      return fail("must not have the same item twice");
  }
  // A list under `items` is the prefixItems of later drafts; their `items` is
  // `additionalItems` here.
  auto items = schema.find("items"), rest = schema.find("additionalItems");
  auto prefix = schema.find("prefixItems");
  if (prefix != schema.end())
    rest = items;
  else if (items != schema.end() && items->is_array())
    prefix = items;
  else
    rest = items;
  size_t begin = prefix == schema.end() ? 0 : prefix->size();
  for (size_t i = 0; i < size; ++i) {
    const json* one = i < begin              ? &(*prefix)[i]
                      : rest != schema.end() ? &*rest
                                             : nullptr;
    if (one && !inside(*one, value[i], std::to_string(i)))
      return false;
  }
  if (auto it = schema.find("contains"); it != schema.end()) {
    size_t found = 0;
    for (auto& item : value)
      found += quietly(*it, item);
    if (found < count_in(schema, "minContains", 1)
        || found > count_in(schema, "maxContains", found))
      return fail("has " + std::to_string(found)
                  + " items that it must contain");
  }
  return true;
}

bool json_schema::check::has_twice(const json& list) const {
  value_set seen;
  for (auto& item : list) {
    if (seen.contains(item))
      return true;
    seen.add(item);
  }
  return false;
}

bool json_schema::check::object(const json& schema, const json& value) {
  using namespace json_schema_check_detail;
  if (auto it = schema.find("required"); it != schema.end())
    for (auto& name : *it) {
      if (!spend(2))
        return false;
      if (!value.contains(name.get_ref<const std::string&>()))
        return fail("must have the property " + shown(name));
    }
  if (value.size() < count_in(schema, "minProperties", 0))
    return fail("must have at least " + shown(schema["minProperties"])
                + " properties");
  if (value.size() > count_in(schema, "maxProperties", value.size()))
    return fail("must have at most " + shown(schema["maxProperties"])
                + " properties");
  for (auto key : {"dependencies", "dependentRequired", "dependentSchemas"}) {
    auto all = schema.find(key);
    if (all == schema.end())
      continue;
    for (auto& [name, needed] : all->items()) {
      if (!spend(2))
        return false;
      if (!value.contains(name))
        continue;
      if (!needed.is_array()) {
        if (!fits(needed, value))
          return false;
        continue;
      }
      for (auto& other : needed)
        if (!spend(2) || !value.contains(other.get_ref<const std::string&>()))
          return fail("must have the property " + shown(other)
                      + ", because it has '" + name + "'");
    }
  }
  if (auto it = schema.find("propertyNames"); it != schema.end())
    for (auto& [name, inner] : value.items())
      if (!inside(*it, json(name), name))
        return false;
  return properties(schema, value);
}

bool json_schema::check::properties(const json& schema, const json& value) {
  auto named = schema.find("properties");
  auto patterns = schema.find("patternProperties");
  auto others = schema.find("additionalProperties");
  if (named == schema.end() && patterns == schema.end()
      && others == schema.end())
    return true;
  for (auto& [name, inner] : value.items()) {
    bool known = false;
    if (!spend(2))
      return false;
    if (named != schema.end())
      if (auto it = named->find(name); it != named->end()) {
        known = true;
        if (!inside(*it, inner, name))
          return false;
      }
    if (patterns != schema.end())
      for (auto& [pattern, one] : patterns->items())
        if (matches(pattern, name)) {
          known = true;
          if (!inside(one, inner, name))
            return false;
        }
    if (!known && others != schema.end() && !inside(*others, inner, name))
      return false;
  }
  return true;
}

bool json_schema::check::combined(const json& schema, const json& value) {
  if (auto it = schema.find("allOf"); it != schema.end())
    for (auto& one : *it)
      if (!fits(one, value))
        return false;
  if (auto it = schema.find("anyOf"); it != schema.end())
    if (std::none_of(it->begin(), it->end(),
                     [&](auto& one) { return quietly(one, value); }))
      return fail("must fit one of anyOf");
  if (auto it = schema.find("oneOf"); it != schema.end()) {
    auto count = std::count_if(it->begin(), it->end(),
                               [&](auto& one) { return quietly(one, value); });
    if (count != 1)
      return fail("must fit exactly one of oneOf, but fits "
                  + std::to_string(count));
  }
  if (auto it = schema.find("not"); it != schema.end())
    if (quietly(*it, value))
      return fail("must not fit what 'not' says");
  if (auto it = schema.find("if"); it != schema.end()) {
    auto then = schema.find(quietly(*it, value) ? "then" : "else");
    if (then != schema.end() && !fits(*then, value))
      return false;
  }
  return true;
}

std::optional<std::string>
json_schema::misfit(const nlohmann::json& value) const {
  size_t used = 0;
  return misfit(value, steps_max, used);
}

std::optional<std::string> json_schema::misfit(const nlohmann::json& value,
                                               size_t steps_most,
                                               size_t& used) const {
  check work(*this, steps_most);
  bool fits = work.fits(root_, value);
  used = work.used();
  if (fits)
    return std::nullopt;
  return work.take().value_or("/: does not fit the schema");
}

} // namespace tutti::engine
