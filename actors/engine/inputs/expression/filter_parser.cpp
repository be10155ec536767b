#include "actors/engine/inputs/expression/path_syntax.hpp"
#include "messages/model/payload.hpp"

#include <array>
#include <charconv>

namespace tutti::engine::path_syntax {

namespace filter_parser_detail {

using std::string;
using std::string_view;

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool is_relation_sign(char c) {
  return c == '<' || c == '>' || c == '=' || c == '~' || c == '!';
}

struct operator_name {
  string_view text;
  relation how;
};

constexpr std::array<operator_name, 19> operators{{
    {"==", relation::eq},        {"!=", relation::ne},
    {"===", relation::same},     {"!==", relation::not_same},
    {"<", relation::lt},         {"<=", relation::le},
    {">", relation::gt},         {">=", relation::ge},
    {"=~", relation::matches},   {"in", relation::in},
    {"nin", relation::nin},      {"contains", relation::contains},
    {"all", relation::all},      {"subsetof", relation::subset_of},
    {"anyof", relation::any_of}, {"noneof", relation::none_of},
    {"size", relation::size},    {"empty", relation::empty},
    {"sizeof", relation::size},
}};

/// The position of the bracket that closes the one at `open`, quotes skipped.
size_t closing(string_view text, size_t open) {
  std::string expected;
  for (size_t i = open; i < text.size(); ++i) {
    char c = text[i];
    if (c == '\'' || c == '"') {
      ++i;
      while (i < text.size() && text[i] != c)
        i += text[i] == '\\' ? 2 : 1;
      if (i >= text.size())
        return text.npos;
    } else if (c == '[') {
      expected += ']';
    } else if (c == '(') {
      expected += ')';
    } else if (c == '{') {
      expected += '}';
    } else if (c == ']' || c == ')' || c == '}') {
      if (expected.empty() || expected.back() != c)
        return text.npos;
      expected.pop_back();
      if (expected.empty())
        return i;
    }
  }
  return text.npos;
}

/// JSON, or the same with single quotes around its strings.
result<nlohmann::json> json_literal(string_view text) {
  if (auto value = parse_json(text, 64))
    return value;
  string strict;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c != '\'' && c != '"') {
      strict += c;
      continue;
    }
    size_t begin = ++i;
    while (i < text.size() && text[i] != c)
      i += text[i] == '\\' ? 2 : 1;
    if (i >= text.size())
      break;
    strict += to_text(nlohmann::json(unescape(text.substr(begin, i - begin))));
  }
  return parse_json(strict, 64);
}

class parser {
 public:
  parser(string_view text, int nesting) : text_(text), nesting_(nesting) {}

  size_t at() const { return at_; }

  result<condition> either(int depth = 0) {
    return chain(depth, "||", condition::kind::any_of);
  }

 private:
  failure bad(string_view why) const {
    return {errc::invalid, "JSON path filter '" + string(text_.substr(0, 200))
                               + "' " + string(why)};
  }

  char now() {
    while (at_ < text_.size() && is_blank(text_[at_]))
      ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  bool take(string_view sign) {
    now();
    if (!text_.substr(at_).starts_with(sign))
      return false;
    at_ += sign.size();
    return true;
  }

  result<condition> chain(int depth, string_view sign, condition::kind kind) {
    if (depth > 32)
      return bad("nests too deeply");
    condition out{kind, {}, {}};
    do {
      auto part = kind == condition::kind::any_of
                      ? chain(depth, "&&", condition::kind::all_of)
                      : term(depth);
      if (!part)
        return part;
      out.parts.push_back(std::move(*part));
    } while (take(sign));
    if (out.parts.size() == 1) {
      condition only = std::move(out.parts.front());
      return only;
    }
    return out;
  }

  result<condition> term(int depth) {
    if (depth > 32)
      return bad("nests too deeply");
    if (now() == '!') {
      ++at_;
      if (char c = now(); c == '@' || c == '$') {
        // `!@.a == 1` is read as upstream does: the sign belongs to the path
        // and counts only where the path stands alone.
        auto inner = compare();
        if (inner && inner->test.how == relation::exists)
          inner->test.how = relation::missing;
        return inner;
      }
      auto inner = term(depth + 1);
      if (!inner)
        return inner;
      condition out{condition::kind::negation, {}, {}};
      out.parts.push_back(std::move(*inner));
      return out;
    }
    if (now() == '(') {
      ++at_;
      auto inner = either(depth + 1);
      if (!inner)
        return inner;
      if (!take(")"))
        return bad("has a '(' that is not closed");
      return inner;
    }
    return compare();
  }

  result<condition> compare() {
    condition out;
    auto left = value();
    if (!left)
      return left.failure();
    out.test.left = std::move(*left);
    auto before = at_;
    if (auto how = relation_sign()) {
      out.test.how = *how;
      auto right = value();
      if (!right)
        return right.failure();
      out.test.right = std::move(*right);
      return out;
    }
    at_ = before;
    char next = now();
    if (next != '\0' && next != ')' && next != '&' && next != '|')
      return bad("has an operator that is not known");
    if (!std::holds_alternative<std::shared_ptr<const path>>(out.test.left))
      return bad("asks whether a literal exists");
    return out;
  }

  std::optional<relation> relation_sign() {
    size_t begin = at_;
    if (is_relation_sign(now())) {
      begin = at_;
      while (at_ < text_.size() && is_relation_sign(text_[at_]))
        ++at_;
    } else {
      begin = at_;
      while (at_ < text_.size() && isalpha((unsigned char)text_[at_]))
        ++at_;
    }
    string word(text_.substr(begin, at_ - begin));
    for (auto& c : word)
      c = char(tolower((unsigned char)c));
    for (auto& o : operators)
      if (o.text == word)
        return o.how;
    return std::nullopt;
  }

  result<operand> value() {
    switch (char c = now()) {
      case '$':
      case '@':
        return path_value();
      case '\'':
      case '"':
        return quoted(c);
      case '[':
      case '{': {
        size_t end = closing(text_, at_);
        if (end == text_.npos)
          return bad("has a literal that is not closed");
        auto literal = json_literal(text_.substr(at_, end + 1 - at_));
        if (!literal)
          return bad("has a literal that is not JSON");
        at_ = end + 1;
        return operand(std::move(*literal));
      }
      case '/':
        return expression();
      default:
        return word();
    }
  }

  result<operand> quoted(char quote) {
    size_t begin = ++at_;
    while (at_ < text_.size() && text_[at_] != quote)
      at_ += text_[at_] == '\\' ? 2 : 1;
    if (at_ >= text_.size())
      return bad("has a string that is not closed");
    return operand(
        nlohmann::json(unescape(text_.substr(begin, at_++ - begin))));
  }

  result<operand> expression() {
    size_t begin = ++at_;
    while (at_ < text_.size() && text_[at_] != '/')
      at_ += text_[at_] == '\\' ? 2 : 1;
    if (at_ >= text_.size())
      return bad("has a regular expression that is not closed");
    auto body = text_.substr(begin, at_ - begin);
    begin = ++at_;
    while (at_ < text_.size() && isalpha((unsigned char)text_[at_]))
      ++at_;
    auto compiled = pattern::compile(body, text_.substr(begin, at_ - begin));
    if (!compiled)
      return std::move(compiled).failure();
    return operand(std::move(*compiled));
  }

  result<operand> word() {
    size_t begin = at_;
    while (at_ < text_.size()
           && (isalnum((unsigned char)text_[at_]) || text_[at_] == '-'
               || text_[at_] == '+' || text_[at_] == '.'))
      ++at_;
    auto literal = parse_json(text_.substr(begin, at_ - begin), 4);
    if (!literal || literal->is_structured())
      return bad("has a value that cannot be read");
    return operand(std::move(*literal));
  }

  // Up to a blank, an operator or the bracket that closes what the path is in.
  result<operand> path_value() {
    size_t begin = at_++;
    while (at_ < text_.size()) {
      char c = text_[at_];
      if (c == '[' || c == '(') {
        size_t end = closing(text_, at_);
        if (end == text_.npos)
          return bad("has a bracket that is not closed");
        at_ = end + 1;
        continue;
      }
      if (is_blank(c) || is_relation_sign(c) || c == ')'
          || text_.substr(at_).starts_with("&&")
          || text_.substr(at_).starts_with("||"))
        break;
      ++at_;
    }
    auto inner = parse_path(text_.substr(begin, at_ - begin), nesting_ + 1);
    if (!inner)
      return std::move(inner).failure();
    return operand(std::move(*inner));
  }

  string_view text_;
  int nesting_;
  size_t at_ = 0;
};

void append_utf8(string& out, uint32_t code) {
  if (code < 0x80) {
    out += char(code);
  } else if (code < 0x800) {
    out += char(0xC0 | code >> 6);
    out += char(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += char(0xE0 | code >> 12);
    out += char(0x80 | (code >> 6 & 0x3F));
    out += char(0x80 | (code & 0x3F));
  } else {
    out += char(0xF0 | code >> 18);
    out += char(0x80 | (code >> 12 & 0x3F));
    out += char(0x80 | (code >> 6 & 0x3F));
    out += char(0x80 | (code & 0x3F));
  }
}

// Four hex digits at `at`, or nothing.
std::optional<uint32_t> hex(string_view text, size_t at) {
  uint32_t code = 0;
  if (at + 4 > text.size())
    return std::nullopt;
  auto [end, error]
      = std::from_chars(text.data() + at, text.data() + at + 4, code, 16);
  if (error != std::errc() || end != text.data() + at + 4)
    return std::nullopt;
  return code;
}

} // namespace filter_parser_detail

std::string unescape(std::string_view text) {
  using namespace filter_parser_detail;
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    switch (char c = text[++i]) {
      case 'n':
        out += '\n';
        break;
      case 't':
        out += '\t';
        break;
      case 'r':
        out += '\r';
        break;
      case 'b':
        out += '\b';
        break;
      case 'f':
        out += '\f';
        break;
      case 'u': {
        auto code = hex(text, i + 1);
        if (!code) {
          out += c;
          break;
        }
        i += 4;
        if (*code >= 0xD800 && *code < 0xDC00
            && text.substr(i + 1).starts_with("\\u")) {
          auto low = hex(text, i + 3);
          if (low && *low >= 0xDC00 && *low < 0xE000) {
            i += 6;
            code = 0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00);
          }
        }
        if (*code >= 0xD800 && *code < 0xE000)
          code = 0xFFFD; // half a pair is no character
        append_utf8(out, *code);
        break;
      }
      default:
        out += c;
    }
  }
  return out;
}

result<condition> parse_condition(std::string_view text, size_t& used,
                                  int nesting) {
  filter_parser_detail::parser p(text, nesting);
  auto out = p.either();
  used = p.at();
  while (used < text.size() && filter_parser_detail::is_blank(text[used]))
    ++used;
  return out;
}

result<std::vector<argument>> parse_arguments(std::string_view text,
                                              size_t& used, int nesting) {
  using namespace filter_parser_detail;
  auto bad = [&](std::string_view why) {
    return failure{errc::invalid, "JSON path arguments '"
                                      + string(text.substr(0, 200)) + "' "
                                      + string(why)};
  };
  std::vector<argument> out;
  size_t at = 0;
  for (;;) {
    while (at < text.size() && is_blank(text[at]))
      ++at;
    size_t begin = at;
    while (at < text.size() && text[at] != ',' && text[at] != ')') {
      char c = text[at];
      if (c == '[' || c == '(' || c == '{') {
        at = closing(text, at);
        if (at == text.npos)
          return bad("have a bracket that is not closed");
      } else if (c == '\'' || c == '"') {
        for (++at; at < text.size() && text[at] != c;)
          at += text[at] == '\\' ? 2 : 1;
      }
      ++at;
    }
    if (at >= text.size())
      return bad("are not closed");
    auto part = text.substr(begin, at - begin);
    if (part.empty() && (text[at] == ',' || !out.empty()))
      return bad("have an empty one");
    if (!part.empty() && (part[0] == '$' || part[0] == '@')) {
      auto inner = parse_path(part, nesting + 1);
      if (!inner)
        return std::move(inner).failure();
      out.emplace_back(std::move(*inner));
    } else if (!part.empty()) {
      auto literal = json_literal(part);
      if (!literal)
        return bad("are neither paths nor JSON");
      out.emplace_back(std::move(*literal));
    }
    if (text[at++] == ')')
      break;
  }
  used = at;
  return out;
}

} // namespace tutti::engine::path_syntax
