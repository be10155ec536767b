#include "messages/model/query/parser.hpp"

#include "messages/model/bounds.hpp"
#include "messages/model/query/query_bounds.hpp"
#include "messages/model/query/scanner.hpp"
#include "messages/model/query/words.hpp"

#include <optional>

namespace tutti::query {

namespace parser_detail {

using kind = expression::kind;

expression joined(kind how, std::vector<expression> parts) {
  if (parts.size() == 1)
    return std::move(parts.front());
  expression out;
  out.what = how;
  out.parts = std::move(parts);
  return out;
}

/// `a AND b AND c` is one list, whichever way it was read.
void add_part(std::vector<expression>& to, kind how, expression part) {
  if (part.what != how) {
    to.push_back(std::move(part));
    return;
  }
  for (auto& x : part.parts)
    to.push_back(std::move(x));
}

expression negated(expression x) {
  expression out;
  out.what = kind::negation;
  out.parts.push_back(std::move(x));
  return out;
}

/// What both grammars count.
class counted {
 public:
  counted(std::string_view text, const rules& by) : in_(text), rules_(by) {}

 protected:
  std::optional<failure> add_term() {
    if (++terms_ <= rules_.limits.terms_max)
      return std::nullopt;
    return failure{errc::too_large, sentence_of(bounds::query_terms, terms_,
                                                rules_.limits.terms_max)};
  }
  std::optional<failure> enter() {
    if (++depth_ <= rules_.limits.depth_max)
      return std::nullopt;
    return failure{errc::too_large, sentence_of(bounds::query_depth, depth_,
                                                rules_.limits.depth_max)};
  }
  void leave() { --depth_; }

  scanner in_;
  const rules& rules_;

 private:
  size_t terms_ = 0, depth_ = 0;
};

class query_parser : counted {
 public:
  using counted::counted;

  result<expression> whole() {
    in_.blanks();
    if (in_.at_end())
      return expression{};
    auto out = rules_.groups_from_the_right ? from_the_right() : any_of();
    if (!out)
      return out;
    in_.blanks();
    if (!in_.at_end())
      return in_.wrong(in_.next() == ')'
                           ? "this ) closes nothing"
                           : "AND or OR is missing between two conditions");
    return out;
  }

 private:
  // Conductor's grammar: a condition, and then the rest of the query. The rest
  // is read without recursion and put together from its end.
  result<expression> from_the_right() {
    std::vector<expression> read;
    std::vector<kind> between;
    for (;;) {
      auto part = negation();
      if (!part)
        return part;
      read.push_back(std::move(*part));
      if (in_.take_word("AND"))
        between.push_back(kind::all_of);
      else if (in_.take_word("OR"))
        between.push_back(kind::any_of);
      else
        break;
    }
    auto out = std::move(read.back());
    for (size_t i = between.size(); i-- > 0;) {
      // The parts of a list were collected last one first.
      if (out.what != between[i] || out.parts.empty()) {
        expression list;
        list.what = between[i];
        list.parts.push_back(std::move(out));
        out = std::move(list);
      }
      out.parts.insert(out.parts.begin(), std::move(read[i]));
    }
    return out;
  }

  result<expression> any_of() {
    std::vector<expression> parts;
    do {
      auto part = all_of();
      if (!part)
        return part;
      add_part(parts, kind::any_of, std::move(*part));
    } while (in_.take_word("OR"));
    return joined(kind::any_of, std::move(parts));
  }

  result<expression> all_of() {
    std::vector<expression> parts;
    do {
      auto part = negation();
      if (!part)
        return part;
      add_part(parts, kind::all_of, std::move(*part));
    } while (in_.take_word("AND"));
    return joined(kind::all_of, std::move(parts));
  }

  result<expression> negation() {
    bool negative = false;
    while (in_.take_word("NOT"))
      negative = !negative;
    auto out = primary();
    return out && negative ? negated(std::move(*out)) : std::move(out);
  }

  result<expression> primary() {
    if (!in_.take('('))
      return condition();
    if (auto too_deep = enter())
      return *too_deep;
    auto out = rules_.groups_from_the_right ? from_the_right() : any_of();
    if (!out)
      return out;
    if (!in_.take(')'))
      return in_.wrong("a ) is missing");
    leave();
    return out;
  }

  result<expression> condition() {
    if (auto too_many = add_term())
      return *too_many;
    in_.blanks();
    expression out;
    out.what = kind::condition;
    out.test.column = in_.column();
    out.test.field = in_.run("=<>!()'\",");
    if (out.test.field.empty())
      return in_.wrong(in_.at_end() ? "the query ends where a condition is "
                                      "expected"
                                    : "the name of a field is expected");
    if (in_.take_word("IS"))
      return null_test(std::move(out));
    bool negative = in_.take_word("NOT");
    auto read = in_.take_word("IN")        ? list(out.test)
                : in_.take_word("BETWEEN") ? range(out.test)
                : in_.take_word("STARTS_WITH")
                    ? single(out.test, operation::starts_with)
                : negative ? in_.wrong("IN, BETWEEN or STARTS_WITH is expected "
                                       "after NOT")
                           : comparison(out.test);
    if (!read)
      return read.failure();
    return negative ? negated(std::move(out)) : std::move(out);
  }

  result<expression> null_test(expression out) {
    out.test.what = operation::is_null;
    bool negative = in_.take_word("NOT");
    if (!in_.take_word("NULL"))
      return in_.wrong("IS NULL or IS NOT NULL is expected");
    return negative ? negated(std::move(out)) : std::move(out);
  }

  result<done> comparison(query::condition& out) {
    in_.blanks();
    auto at = in_.place();
    if (in_.take('=')) {
      if (in_.next() == '=')
        in_.take('=');
      return single(out, operation::equal);
    }
    if (in_.take('!') && in_.next() == '=' && in_.take('='))
      return single(out, operation::not_equal);
    in_.go_back_to(at);
    if (in_.take('<')) {
      if (in_.next() == '>' && in_.take('>'))
        return single(out, operation::not_equal);
      bool equal = in_.next() == '=' && in_.take('=');
      return single(out, equal ? operation::less_equal : operation::less);
    }
    if (in_.take('>')) {
      bool equal = in_.next() == '=' && in_.take('=');
      return single(out, equal ? operation::greater_equal : operation::greater);
    }
    return in_.wrong("an operator is expected: =, !=, <, <=, >, >=, IN, "
                     "BETWEEN, STARTS_WITH or IS NULL");
  }

  /// `= =` is a slip: what begins like an operator is a value in quotes alone.
  result<literal> value(std::string_view ends, bool keeps_blanks = false) {
    in_.blanks();
    if (auto c = in_.next(); c == '=' || c == '<' || c == '>' || c == '!')
      return in_.wrong(std::string("a value is missing; one that begins with ")
                       + c + " is written in quotes");
    return in_.value(ends, keeps_blanks);
  }

  result<done> single(query::condition& out, operation what) {
    out.what = what;
    auto value = this->value("()");
    if (!value)
      return std::move(value).failure();
    out.values.push_back(std::move(*value));
    return done{};
  }

  result<done> list(query::condition& out) {
    out.what = operation::in;
    if (!in_.take('('))
      return in_.wrong("IN is followed by values in parentheses: IN (a, b)");
    do {
      if (auto too_many = add_term())
        return *too_many;
      auto value = this->value(",()", true);
      if (!value)
        return std::move(value).failure();
      out.values.push_back(std::move(*value));
    } while (in_.take(','));
    if (!in_.take(')'))
      return in_.wrong("a ) is missing behind the values of IN");
    return done{};
  }

  result<done> range(query::condition& out) {
    if (auto from = single(out, operation::between); !from)
      return from;
    if (!in_.take_word("AND"))
      return in_.wrong("BETWEEN has two values: BETWEEN a AND b");
    return single(out, operation::between);
  }
};

class free_text_parser : counted {
 public:
  using counted::counted;

  result<expression> whole() {
    in_.blanks();
    if (in_.at_end())
      return expression{};
    auto out = any_of();
    in_.blanks();
    if (out && !in_.at_end())
      return in_.wrong("this ) closes nothing");
    return out;
  }

 private:
  result<expression> any_of() {
    std::vector<expression> parts;
    do {
      auto part = all_of();
      if (!part)
        return part;
      add_part(parts, kind::any_of, std::move(*part));
    } while (in_.take_word("OR"));
    return joined(kind::any_of, std::move(parts));
  }

  bool ends_here() {
    in_.blanks();
    return in_.at_end() || in_.next() == ')' || in_.has_word("OR");
  }

  result<expression> all_of() {
    std::vector<expression> parts;
    do {
      auto part = negation();
      if (!part)
        return part;
      add_part(parts, kind::all_of, std::move(*part));
      in_.take_word("AND");
    } while (!ends_here());
    return joined(kind::all_of, std::move(parts));
  }

  result<expression> negation() {
    bool negative = false;
    for (;;) {
      in_.blanks();
      if (in_.take_word("NOT") || in_.take('!') || in_.take('-'))
        negative = !negative;
      else if (!in_.take('+'))
        break;
    }
    auto out = primary();
    return out && negative ? negated(std::move(*out)) : std::move(out);
  }

  result<expression> primary() {
    if (in_.take('(')) {
      if (auto too_deep = enter())
        return *too_deep;
      auto out = any_of();
      if (!out)
        return out;
      if (!in_.take(')'))
        return in_.wrong("a ) is missing");
      leave();
      return out;
    }
    if (ends_here())
      return in_.wrong("a word is expected");
    if (auto field = named_field())
      return condition(std::move(*field));
    return words();
  }

  /// `status:PAUSED`, as people write it in Conductor's search field.
  std::optional<query::condition> named_field() {
    auto at = in_.place();
    query::condition out;
    out.column = in_.column();
    out.field = in_.run("'\"():*");
    if (!out.field.empty() && in_.next() == ':') {
      in_.take(':');
      return out;
    }
    in_.go_back_to(at);
    return std::nullopt;
  }

  result<expression> condition(query::condition test) {
    if (auto too_many = add_term())
      return *too_many;
    auto value = in_.value("()");
    if (!value)
      return std::move(value).failure();
    test.values.push_back(std::move(*value));
    expression out;
    out.what = kind::condition;
    out.test = std::move(test);
    return out;
  }

  result<expression> words() {
    auto text = in_.value("()");
    if (!text)
      return std::move(text).failure();
    if (text->text == "*")
      return expression{};
    expression out;
    out.what = kind::text;
    word_limits most;
    most.words_max = rules_.limits.terms_max + 1;
    add_words(out.words, text->text, most);
    for (size_t i = 0; i < out.words.size(); ++i)
      if (auto too_many = add_term())
        return *too_many;
    out.prefix
        = !text->stars.empty() && text->stars.back() + 1 == text->text.size();
    if (out.words.empty())
      return scanner::wrong_at(text->column, "there is no word to search for");
    return out;
  }
};

std::optional<failure> too_long(std::string_view text, const rules& by) {
  if (text.size() <= by.limits.bytes_max)
    return std::nullopt;
  return failure{errc::too_large, sentence_of(bounds::query_bytes, text.size(),
                                              by.limits.bytes_max)};
}

} // namespace parser_detail

result<expression> parse(std::string_view text, const rules& by) {
  if (auto why = parser_detail::too_long(text, by))
    return *why;
  return parser_detail::query_parser(text, by).whole();
}

result<expression> parse_free_text(std::string_view text, const rules& by) {
  if (auto why = parser_detail::too_long(text, by))
    return *why;
  return parser_detail::free_text_parser(text, by).whole();
}

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (auto c : text) {
    if (c == '\'' || c == '\\' || c == '*')
      out += '\\';
    out += c;
  }
  return out + '\'';
}

} // namespace tutti::query
