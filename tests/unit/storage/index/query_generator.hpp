#pragma once

#include "tests/unit/storage/index/known_rows.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <random>
#include <set>

namespace tutti::index::test {

/// A query and what it means.
struct meant_query {
  std::string text;
  std::function<bool(const subject_row&)> matches;
};

inline bool starts_with(const std::string& x, const std::string& prefix) {
  return x.compare(0, prefix.size(), prefix) == 0;
}

/// `pieces` in this order, the first at the begin and the last at the end.
inline bool has_pieces(const std::string& text,
                       const std::vector<std::string>& pieces, size_t i = 0,
                       size_t at = 0) {
  if (i + 1 == pieces.size())
    return text.size() >= at + pieces[i].size()
           && text.compare(text.size() - pieces[i].size(), std::string::npos,
                           pieces[i])
                  == 0;
  if (i == 0)
    return starts_with(text, pieces[0])
           && has_pieces(text, pieces, 1, pieces[0].size());
  for (auto found = text.find(pieces[i], at); found != std::string::npos;
       found = text.find(pieces[i], found + 1))
    if (has_pieces(text, pieces, i + 1, found + pieces[i].size()))
      return true;
  return false;
}

inline int64_t time_of(const std::string& x) {
  if (x == "-1h")
    return now - 3'600'000;
  if (x == "-30m")
    return now - 1'800'000;
  if (x == "now")
    return now;
  if (x == "2023-11-14T22:00:00Z")
    return now - 800'000;
  return std::stoll(x);
}

class generator {
 public:
  generator(uint64_t seed, std::vector<known_field> fields, bool of_tasks)
      : random_(seed), fields_(std::move(fields)), of_tasks_(of_tasks) {}

  meant_query any(int depth = 0) {
    auto roll = below(10);
    if (depth >= 4 || roll < 5)
      return term();
    if (roll == 5) {
      auto x = any(depth + 1);
      return {pick_word("NOT ", "not ") + "(" + x.text + ")",
              [f = x.matches](auto& row) { return !f(row); }};
    }
    bool all = roll < 8;
    std::vector<meant_query> parts;
    auto count = 2 + below(3);
    for (size_t i = 0; i < count; ++i)
      parts.push_back(any(depth + 1));
    std::string text = "(";
    for (auto& part : parts) {
      if (&part != parts.data())
        text += all ? pick_word(" AND ", " and ") : pick_word(" OR ", " or ");
      text += part.text;
    }
    return {text + ")", [parts, all](auto& row) {
              for (auto& part : parts)
                if (part.matches(row) != all)
                  return !all;
              return all;
            }};
  }

  size_t below(size_t x) { return size_t(random_() % x); }

  template <class T>
  const T& one_of(const std::vector<T>& all) {
    return all[below(all.size())];
  }

 private:
  std::string pick_word(const char* a, const char* b) {
    return below(4) ? a : b;
  }

  std::string written(const std::string& x) {
    bool plain = !x.empty() && std::all_of(x.begin(), x.end(), [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_'
             || c == ':' || c == '.';
    });
    if (plain && below(2))
      return x;
    std::string out;
    char quote = below(2) ? '\'' : '"';
    out += quote;
    for (auto c : x) {
      if (c == quote || c == '\\' || c == '*')
        out += '\\';
      out += c;
    }
    return out + quote;
  }

  std::string glued(const char* operation) {
    return below(2) ? operation : std::string(" ") + operation + " ";
  }

  meant_query term() {
    auto roll = below(12);
    if (roll == 0)
      return words();
    if (roll == 1 && !of_tasks_)
      return an_attribute();
    auto& field = one_of(fields_);
    switch (field.type) {
      case kind::text:
        return text_term(field);
      case kind::status:
        return status_term(field);
      default:
        return number_term(field);
    }
  }

  using text_test = std::function<bool(const std::string&)>;
  meant_query on_text(const known_field& field, std::string rest,
                      text_test test) {
    return {std::string(field.name) + rest, [get = field.get, test](auto& row) {
              return test(std::get<std::string>(get(row)));
            }};
  }

  meant_query text_term(const known_field& field) {
    auto a = one_of(field.pool), b = one_of(field.pool);
    switch (below(10)) {
      case 0:
        return on_text(field, " IS NULL", [](auto& x) { return x.empty(); });
      case 1:
        return on_text(field, " IS NOT NULL",
                       [](auto& x) { return !x.empty(); });
      case 2:
        return on_text(field, glued("!=") + written(a),
                       [a](auto& x) { return x != a; });
      case 3:
        return on_text(field, " IN (" + written(a) + ", " + written(b) + ")",
                       [a, b](auto& x) { return x == a || x == b; });
      case 4:
        return on_text(field, " NOT IN(" + written(a) + "," + written(b) + ")",
                       [a, b](auto& x) { return x != a && x != b; });
      case 5: {
        auto prefix = a.substr(0, below(a.size() + 1));
        return on_text(field, " STARTS_WITH " + written(prefix),
                       [prefix](auto& x) { return starts_with(x, prefix); });
      }
      case 6: {
        auto cut = below(a.size() + 1);
        std::vector<std::string> pieces{a.substr(0, cut / 2), a.substr(cut, 2),
                                        ""};
        if (below(2))
          pieces.pop_back();
        auto quoted = written_pattern(pieces);
        return on_text(field, glued("=") + quoted,
                       [pieces](auto& x) { return has_pieces(x, pieces); });
      }
      case 7:
        return on_text(field, glued(">=") + written(a),
                       [a](auto& x) { return x >= a; });
      case 8:
        return on_text(field, " BETWEEN " + written(a) + " AND " + written(b),
                       [a, b](auto& x) { return x >= a && x <= b; });
      default:
        return on_text(field, glued("=") + written(a),
                       [a](auto& x) { return x == a; });
    }
  }

  std::string written_pattern(const std::vector<std::string>& pieces) {
    std::string out = "'";
    for (auto& piece : pieces) {
      if (&piece != pieces.data())
        out += '*';
      for (auto c : piece) {
        if (c == '\'' || c == '\\' || c == '*')
          out += '\\';
        out += c;
      }
    }
    return out + "'";
  }

  meant_query status_term(const known_field& field) {
    auto a = below(field.pool.size()), b = below(field.pool.size());
    auto name = field.pool[a];
    if (below(4) == 0)
      for (auto& c : name)
        c = char(std::tolower(static_cast<unsigned char>(c)));
    auto is = [get = field.get](std::set<int64_t> which) {
      return [get, which](auto& row) {
        return which.contains(std::get<int64_t>(get(row)));
      };
    };
    std::string text = field.name;
    auto one = int64_t(a), two = int64_t(b);
    switch (below(4)) {
      case 0:
        return {text + " IN (" + written(name) + "," + written(field.pool[b])
                    + ")",
                is({one, two})};
      case 1: {
        auto f = is({one});
        return {text + glued("!=") + written(name),
                [f](auto& row) { return !f(row); }};
      }
      case 2: {
        std::set<int64_t> all;
        auto prefix = field.pool[a].substr(0, 1);
        for (size_t i = 0; i < field.pool.size(); ++i)
          if (starts_with(field.pool[i], prefix))
            all.insert(int64_t(i));
        return {text + glued("=") + "'" + prefix + "*'", is(all)};
      }
      default:
        return {text + glued("=") + written(name), is({one})};
    }
  }

  meant_query number_term(const known_field& field) {
    bool time = field.type == kind::time;
    auto a = one_of(field.pool), b = one_of(field.pool);
    auto x = time ? time_of(a) : std::stoll(a);
    auto y = time ? time_of(b) : std::stoll(b);
    auto get = [f = field.get](auto& row) { return std::get<int64_t>(f(row)); };
    // A time that is not set is neither less nor greater than any.
    auto ordered = [get, time](auto test) {
      return [get, time, test](auto& row) {
        auto v = get(row);
        return (!time || v > 0) && test(v);
      };
    };
    std::string text = field.name;
    switch (below(9)) {
      case 0:
        return {text + glued("<") + written(a),
                ordered([x](int64_t v) { return v < x; })};
      case 1:
        return {text + glued("<=") + written(a),
                ordered([x](int64_t v) { return v <= x; })};
      case 2:
        return {text + glued(">") + written(a),
                ordered([x](int64_t v) { return v > x; })};
      case 3:
        return {text + glued(">=") + written(a),
                ordered([x](int64_t v) { return v >= x; })};
      case 4:
        return {text + " BETWEEN " + written(a) + " AND " + written(b),
                ordered([x, y](int64_t v) { return v >= x && v <= y; })};
      case 5:
        return {text + " IN (" + written(a) + "," + written(b) + ")",
                [get, x, y](auto& row) {
                  auto v = get(row);
                  return v == x || v == y;
                }};
      case 6:
        return {text + glued("!=") + written(a),
                [get, x](auto& row) { return get(row) != x; }};
      case 7:
        return {text + " IS NULL",
                [get, time](auto& row) { return time && get(row) == 0; }};
      default:
        return {text + glued("=") + written(a),
                [get, x](auto& row) { return get(row) == x; }};
    }
  }

  meant_query words() {
    auto a = one_of(vocabulary), b = one_of(vocabulary);
    auto in_any = [](auto test) {
      return [test](const subject_row& row) {
        for (auto& words : row.execution->words)
          if (test(words))
            return true;
        return false;
      };
    };
    using list = std::vector<std::string>;
    auto has = [](const list& all, const std::string& word) {
      return std::find(all.begin(), all.end(), word) != all.end();
    };
    switch (below(4)) {
      case 0:
        return {"text='\"" + a + " " + b + "\"'", in_any([a, b](const list& x) {
                  for (size_t i = 1; i < x.size(); ++i)
                    if (x[i - 1] == a && x[i] == b)
                      return true;
                  return false;
                })};
      case 1: {
        auto prefix = a.substr(0, 1 + below(a.size()));
        return {"text='" + prefix + "*'", in_any([prefix](const list& x) {
                  return std::any_of(x.begin(), x.end(), [&](auto& word) {
                    return starts_with(word, prefix);
                  });
                })};
      }
      case 2: {
        auto f = in_any([=](const list& x) { return has(x, a); });
        auto g = in_any([=](const list& x) { return has(x, b); });
        return {"text='" + a + " " + b + "'",
                [f, g](auto& row) { return f(row) && g(row); }};
      }
      default:
        return {"text='" + a + "'",
                in_any([=](const list& x) { return has(x, a); })};
    }
  }

  meant_query an_attribute() {
    auto path = std::string(below(2) ? "input.k" : "output.n");
    auto text = one_of(attribute_values);
    std::optional<double> number;
    if (std::isdigit(static_cast<unsigned char>(text[0])))
      number = std::stod(text);
    // Texts are compared as texts, numbers as numbers.
    auto any = [path](auto test) {
      return [path, test](const subject_row& row) {
        for (auto& x : row.execution->attributes)
          if (x.path == path && test(x))
            return true;
        return false;
      };
    };
    auto is_text = [](const attribute& x) {
      return x.kind == query::attribute_kind::text;
    };
    auto is_number = [](const attribute& x) {
      return x.kind == query::attribute_kind::number;
    };
    auto is_flag = [](const attribute& x) {
      return x.kind == query::attribute_kind::boolean;
    };
    auto equal = any([=](const attribute& x) {
      return (is_text(x) && x.text == text)
             || (is_number(x) && number && x.number == *number)
             || (is_flag(x) && text == "true" && x.number == 1);
    });
    switch (below(5)) {
      case 0:
        return {path + glued("!=") + written(text),
                [equal](auto& row) { return !equal(row); }};
      case 1:
        return {path + glued("<") + written(text), any([=](const attribute& x) {
                  return (is_text(x) && x.text < text)
                         || (is_number(x) && number && x.number < *number)
                         || (is_flag(x) && text == "true" && x.number < 1);
                })};
      case 2: {
        auto present = any([](auto&) { return true; });
        return {path + " IS NULL",
                [present](auto& row) { return !present(row); }};
      }
      case 3:
        return {path + " STARTS_WITH '" + text.substr(0, 1) + "'",
                any([=](const attribute& x) {
                  return is_text(x) && starts_with(x.text, text.substr(0, 1));
                })};
      default:
        return {path + glued("=") + written(text), equal};
    }
  }

  std::mt19937_64 random_;
  std::vector<known_field> fields_;
  bool of_tasks_;
};

} // namespace tutti::index::test
