#include "messages/model/query/scanner.hpp"

namespace tutti::query {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool is_name_part(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
         || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
}

void scanner::blanks() {
  while (!at_end() && is_blank(text_[at_]))
    ++at_;
}

bool scanner::take(char c) {
  blanks();
  if (at_end() || text_[at_] != c)
    return false;
  ++at_;
  return true;
}

bool scanner::has_word(std::string_view capitals) {
  blanks();
  if (text_.size() - at_ < capitals.size())
    return false;
  for (size_t i = 0; i < capitals.size(); ++i) {
    auto c = text_[at_ + i];
    if (c >= 'a' && c <= 'z')
      c = static_cast<char>(c - 'a' + 'A');
    if (c != capitals[i])
      return false;
  }
  auto after = at_ + capitals.size();
  return after >= text_.size() || !is_name_part(text_[after]);
}

bool scanner::take_word(std::string_view capitals) {
  if (!has_word(capitals))
    return false;
  at_ += capitals.size();
  return true;
}

std::string_view scanner::run(std::string_view ends) {
  auto begin = at_;
  while (!at_end() && !is_blank(text_[at_])
         && ends.find(text_[at_]) == ends.npos)
    ++at_;
  return text_.substr(begin, at_ - begin);
}

result<literal> scanner::quoted_value() {
  auto quote = text_[at_];
  literal out;
  out.quoted = true;
  out.column = column();
  for (++at_; !at_end(); ++at_) {
    auto c = text_[at_];
    if (c == quote) {
      ++at_;
      return out;
    }
    if (c == '\\' && at_ + 1 < text_.size())
      c = text_[++at_];
    else if (c == '*')
      out.stars.push_back(out.text.size());
    out.text += c;
  }
  return wrong_at(out.column, "the text that begins here has no closing quote");
}

result<literal> scanner::value(std::string_view ends, bool keeps_blanks) {
  blanks();
  if (next() == '\'' || next() == '"')
    return quoted_value();
  literal out;
  out.column = column();
  while (!at_end() && ends.find(text_[at_]) == ends.npos
         && (keeps_blanks || !is_blank(text_[at_]))) {
    if (text_[at_] == '*')
      out.stars.push_back(out.text.size());
    out.text += text_[at_++];
  }
  while (!out.text.empty() && is_blank(out.text.back()))
    out.text.pop_back();
  if (out.text.empty())
    return wrong("a value is missing; an empty text is written ''");
  return out;
}

} // namespace tutti::query
