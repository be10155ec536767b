#include "tools/tutti/rendering/yaml_text.hpp"

#include "messages/model/payload.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string_view>

namespace tutti::cli {

namespace yaml_text_detail {

using nlohmann::json;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/// Letters first, then what no reader of YAML 1.1 or 1.2 gives a meaning, and
/// no word that is a boolean or null to one of them.
bool may_stand_bare(std::string_view text) {
  if (text.empty() || text.size() > 100 || !is_letter(text.front())
      || text.back() == ' ')
    return false;
  for (char c : text)
    if (!is_letter(c) && !(c >= '0' && c <= '9')
        && std::string_view("-./$@+()% ").find(c) == std::string_view::npos)
      return false;
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c + 32);
  static constexpr std::string_view meant[]
      = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"};
  return std::ranges::find(meant, lower) == std::end(meant);
}

/// What a literal block gives back unchanged.
bool may_be_block(std::string_view text) {
  if (text.find('\n') == text.npos || text.front() == '\n'
      || text.front() == ' ' || text.find_first_not_of('\n') == text.npos)
    return false;
  for (size_t i = 0; i < text.size(); ++i) {
    auto c = static_cast<unsigned char>(text[i]);
    if (c == 127 || (c < 32 && c != '\n'))
      return false;
    // NEL and the line separators of Unicode are line breaks to some readers.
    if (c == 0xc2 || (c == 0xe2 && text.substr(i, 2) == "\xe2\x80")
        || c == 0xef)
      return false;
  }
  return true;
}

class writer {
 public:
  std::string out;

  /// The value behind "key:" or "- "; `indent` is that of its lines.
  void value(const json& x, size_t indent, bool after_dash) {
    if (x.is_object() && !x.empty())
      return members(x, indent, after_dash);
    if (x.is_array() && !x.empty())
      return items(x, indent, after_dash);
    if (!after_dash && !out.empty())
      out += ' ';
    scalar(x, indent);
    out += '\n';
  }

 private:
  void start_line(size_t indent, bool& inline_first) {
    if (inline_first) {
      inline_first = false;
      return;
    }
    out.append(indent, ' ');
  }

  void members(const json& x, size_t indent, bool after_dash) {
    bool inline_first = after_dash || out.empty();
    if (!inline_first)
      out += '\n';
    for (auto& [key, inner] : x.items()) {
      start_line(indent, inline_first);
      text(key);
      out += ':';
      // Lists stand below their key without more indent.
      value(inner, inner.is_array() ? indent : indent + 2, false);
    }
  }

  void items(const json& x, size_t indent, bool after_dash) {
    bool inline_first = after_dash || out.empty();
    if (!inline_first)
      out += '\n';
    for (auto& inner : x) {
      start_line(indent, inline_first);
      out += "- ";
      value(inner, indent + 2, true);
    }
  }

  void text(const std::string& x) {
    out += may_stand_bare(x) ? x : to_text(json(x));
  }

  void scalar(const json& x, size_t indent) {
    if (!x.is_string())
      return void(out += to_text(x));
    auto& whole = x.get_ref<const std::string&>();
    if (!may_be_block(whole))
      return text(whole);
    std::string_view rest = whole;
    auto ends = rest.size() - 1 - rest.find_last_not_of('\n');
    out += ends == 0 ? "|-" : ends == 1 ? "|" : "|+";
    rest.remove_suffix(ends > 0 ? 1 : 0);
    indent = std::max<size_t>(indent, 2);
    while (true) {
      auto end = std::min(rest.find('\n'), rest.size());
      out += '\n';
      if (end > 0)
        out.append(indent, ' ').append(rest.substr(0, end));
      if (end == rest.size())
        return;
      rest.remove_prefix(end + 1);
    }
  }
};

} // namespace yaml_text_detail

std::string yaml_text(const nlohmann::json& value) {
  yaml_text_detail::writer out;
  out.value(value, 0, false);
  return std::move(out.out);
}

} // namespace tutti::cli
