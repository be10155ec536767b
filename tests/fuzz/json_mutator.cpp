#include "tests/fuzz/json_mutator.hpp"

#include "tests/fuzz/expect.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstring>
#include <random>
#include <string>
#include <vector>

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t size_max);

namespace tutti::fuzz {

namespace json_mutator_detail {

using nlohmann::json;

constexpr int depth_max = 64;
/// Of so many changes one is of bytes, whatever they are.
constexpr unsigned bytes_one_in = 8;

using dice = std::minstd_rand;

size_t below(dice& d, size_t n) { return n == 0 ? 0 : d() % n; }

bool is_json(std::string_view text, json& out) {
  int depth = 0, deepest = 0;
  for (char c : text) {
    depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
    deepest = std::max(deepest, depth);
  }
  if (deepest > depth_max)
    return false;
  out = json::parse(text, nullptr, false);
  return !out.is_discarded();
}

void collect(json& at, std::vector<json*>& all) {
  all.push_back(&at);
  if (at.is_structured())
    for (auto& x : at)
      collect(x, all);
}

std::vector<json*> values_of(json& whole) {
  std::vector<json*> out;
  collect(whole, out);
  return out;
}

std::string changed_bytes(std::string text) {
  auto size = text.size();
  text.resize(size + 16);
  auto* data = reinterpret_cast<uint8_t*>(text.data());
  text.resize(LLVMFuzzerMutate(data, size, text.size()));
  return text;
}

json scalar(dice& d) {
  static const json some[] = {nullptr,
                              true,
                              false,
                              0,
                              1,
                              -1,
                              2,
                              1.5,
                              "",
                              INT32_MAX,
                              INT64_MIN,
                              INT64_MAX,
                              UINT64_MAX,
                              1e300,
                              "a",
                              json::object(),
                              json::array()};
  return some[below(d, std::size(some))];
}

/// A number or a text, changed a little.
void change(json& x, dice& d) {
  if (x.is_string())
    x = changed_bytes(x.get<std::string>());
  else if (x.is_number_integer() && d() % 2)
    x = x.get<int64_t>() / 2 + int64_t(below(d, 5)) - 2;
  else
    x = scalar(d);
}

void change_structure(json& x, json* other, dice& d) {
  auto at = below(d, x.size());
  if (x.is_array()) {
    auto place = x.begin() + long(at);
    switch (x.empty() ? 1 : d() % 3) {
      case 0:
        x.erase(place);
        break;
      case 1:
        x.insert(place, json(*other));
        break;
      default:
        std::swap(x[at], x[below(d, x.size())]);
    }
    return;
  }
  auto place = x.begin();
  std::advance(place, long(at));
  if (x.empty() || d() % 4 == 0) {
    x[other->is_string() ? other->get<std::string>() : "a"] = scalar(d);
  } else if (d() % 2) {
    x.erase(place);
  } else {
    auto value = *place;
    auto key = changed_bytes(place.key());
    x.erase(place);
    x[key] = std::move(value);
  }
}

void mutate(json& whole, dice& d) {
  auto all = values_of(whole);
  auto* x = all[below(d, all.size())];
  auto* other = all[below(d, all.size())];
  if (d() % 3 == 0)
    *x = json(*other); // a copy: one may lie inside the other
  else if (x->is_structured())
    change_structure(*x, other, d);
  else
    change(*x, d);
}

/// 0: it does not fit.
size_t put(const json& x, uint8_t* out, size_t size_max) {
  auto text = x.dump(-1, ' ', false, json::error_handler_t::replace);
  if (text.size() > size_max)
    return 0;
  std::memcpy(out, text.data(), text.size());
  return text.size();
}

} // namespace json_mutator_detail

size_t mutate_json(uint8_t* data, size_t size, size_t size_max, unsigned seed) {
  using namespace json_mutator_detail;
  dice d(seed);
  json whole;
  if (d() % bytes_one_in == 0 || !is_json(as_text(data, size), whole))
    return LLVMFuzzerMutate(data, size, size_max);
  for (auto times = 1 + below(d, 4); times > 0; --times)
    mutate(whole, d);
  auto out = put(whole, data, size_max);
  return out > 0 ? out : LLVMFuzzerMutate(data, size, size_max);
}

size_t cross_json(const uint8_t* one, size_t one_size, const uint8_t* two,
                  size_t two_size, uint8_t* out, size_t size_max,
                  unsigned seed) {
  using namespace json_mutator_detail;
  dice d(seed);
  json into, from;
  if (!is_json(as_text(one, one_size), into)
      || !is_json(as_text(two, two_size), from))
    return 0;
  auto places = values_of(into), values = values_of(from);
  *places[below(d, places.size())] = *values[below(d, values.size())];
  return put(into, out, size_max);
}

} // namespace tutti::fuzz
