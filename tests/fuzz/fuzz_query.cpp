// Queries and free text: what is printed reads as the same, a text in quotes is
// one value whatever it holds, and what the strict dialect binds the lenient
// one binds alike.

#include "messages/model/query/binder.hpp"
#include "messages/model/query/literals.hpp"
#include "messages/model/query/parser.hpp"
#include "messages/model/query/words.hpp"
#include "tests/fuzz/expect.hpp"

#include <string>

namespace tutti::fuzz {

namespace query_detail {

using namespace query;
using kind = expression::kind;

std::string shown(const literal& x) {
  if (!x.quoted)
    return x.text;
  std::string out = "'";
  size_t star = 0;
  for (size_t i = 0; i < x.text.size(); ++i) {
    bool stands = star < x.stars.size() && x.stars[star] == i;
    star += stands ? 1 : 0;
    auto c = x.text[i];
    if (c == '\'' || c == '\\' || (c == '*' && !stands))
      out += '\\';
    out += c;
  }
  return out + '\'';
}

std::string shown(const condition& x, bool free_text) {
  auto value = [&](size_t i) { return shown(x.values[i]); };
  if (free_text)
    return x.field + ":" + value(0);
  switch (x.what) {
    case operation::in: {
      auto out = x.field + " IN (" + value(0);
      for (size_t i = 1; i < x.values.size(); ++i)
        out += ", " + value(i);
      return out + ")";
    }
    case operation::between:
      return x.field + " BETWEEN " + value(0) + " AND " + value(1);
    case operation::starts_with:
      return x.field + " STARTS_WITH " + value(0);
    case operation::is_null:
      return x.field + " IS NULL";
    default: {
      static const char* signs[] = {"=", "!=", "<", "<=", ">", ">="};
      // With a blank: a value may begin with a sign, too.
      return x.field + signs[size_t(x.what)] + " " + value(0);
    }
  }
}

std::string shown(const expression& x, bool free_text) {
  auto list = [&](const char* between) {
    std::string out = "(";
    for (auto& part : x.parts)
      out += (&part == x.parts.data() ? "" : between) + shown(part, free_text);
    return out + ")";
  };
  switch (x.what) {
    case kind::everything:
      return free_text ? "*" : "";
    case kind::condition:
      return shown(x.test, free_text);
    case kind::text: {
      std::string out = "\"";
      for (auto& word : x.words)
        out += (&word == x.words.data() ? "" : " ") + word;
      return out + (x.prefix ? "*\"" : "\"");
    }
    case kind::all_of:
      return list(" AND ");
    case kind::any_of:
      return list(" OR ");
    case kind::negation:
      // Two negations that are written one after another are none.
      return "NOT (" + shown(x.parts.front(), free_text) + ")";
  }
  return "?";
}

/// Printed with parentheses everywhere, a query is deeper than it was.
rules roomy() {
  rules out;
  out.limits = {1 << 20, 10'000, 10'000};
  return out;
}

std::string picture(const filter& x) {
  std::string out = std::to_string(int(x.what)) + "."
                    + std::to_string(int(x.of)) + "." + x.path + "."
                    + std::to_string(int(x.how));
  auto add = [&](const value& v) {
    if (auto* text = std::get_if<std::string>(&v))
      out += "'" + *text + "'";
    else if (auto* number = std::get_if<double>(&v))
      out += std::to_string(*number) + "d";
    else
      out += std::to_string(std::get<int64_t>(v)) + "i";
  };
  for (auto& v : x.values)
    add(v);
  for (auto& meaning : x.meanings) {
    out += "|" + std::to_string(int(meaning.kind));
    for (auto& v : meaning.values)
      add(v);
  }
  for (auto& word : x.words)
    out += " " + word;
  out += x.prefix ? "*(" : "(";
  for (auto& part : x.parts)
    out += picture(part);
  return out + ")";
}

void check_binding(const expression& x) {
  for (auto subject : {subject::workflows, subject::tasks}) {
    binding how;
    how.subject = subject;
    how.now = 1'700'000'000'000;
    std::vector<std::string> warnings;
    auto strict = bind(x, how, warnings);
    how.lenient = true;
    auto lenient = bind(x, how, warnings);
    if (strict) {
      expect(bool(lenient), "Conductor's dialect binds what ours binds");
      expect_equal(picture(*strict), picture(*lenient), "and alike");
    }
  }
}

void check_query(std::string_view text, bool from_the_right) {
  rules by;
  by.groups_from_the_right = from_the_right;
  auto read = parse(text, by);
  if (!read)
    return expect(!read.failure().message.empty(), "a refusal says why");
  auto printed = shown(*read, false);
  auto again = parse(printed, roomy());
  expect(bool(again), "a query that was read can be written: " + printed);
  expect_equal(printed, shown(*again, false), "and reads as the same");
  check_binding(*read);
}

void check_free_text(std::string_view text) {
  auto read = parse_free_text(text);
  if (!read)
    return;
  auto printed = shown(*read, true);
  auto again = parse_free_text(printed, roomy());
  expect(bool(again), "free text that was read can be written: " + printed);
  expect_equal(printed, shown(*again, true), "and reads as the same");
  check_binding(*read);
}

void check_quoted(std::string_view text) {
  auto one = parse("f = " + quoted(text), roomy());
  expect(one && one->what == kind::condition && one->test.values.size() == 1,
         "a text in quotes is one value");
  auto& value = one->test.values.front();
  expect(value.text == text && value.stars.empty(), "and that text");
  auto q = quoted(text);
  auto two
      = parse("f IN (" + q + "," + q + ") AND NOT (g != " + q + ")", roomy());
  expect(two && two->what == kind::all_of && two->parts.size() == 2
             && two->parts[0].test.values.size() == 2,
         "wherever it stands");
  auto free = parse_free_text(q, roomy());
  std::vector<std::string> words;
  add_words(words, text, {10'001, SIZE_MAX, 64});
  expect(free ? free->words == words && !free->prefix : words.empty(),
         "as free text it is its words");
}

} // namespace query_detail

} // namespace tutti::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tutti::fuzz;
  using namespace tutti::fuzz::query_detail;
  auto text = as_text(data, size);
  check_query(text, false);
  check_query(text, true);
  check_free_text(text);
  check_quoted(text);
  std::vector<std::string> warnings;
  (void)parse_sort(text, {}, warnings);
  (void)parse_facet(text, subject::tasks);
  if (auto instant = to_time(text, 0); instant && to_integer(text))
    expect(instant == to_integer(text), "a lone number is an instant");
  return 0;
}
