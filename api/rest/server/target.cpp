#include "api/rest/server/target.hpp"

#include "api/rest/server/text.hpp"

namespace tutti::rest {

namespace target_detail {

int hex(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

enum class part { path, query };

// Appends the decoded bytes to `out`, which has enough capacity reserved: it
// never reallocates, so views into `out` stay valid. An encoded slash belongs
// to its segment: whatever has one in its name can be reached.
const char* decode(std::string_view raw, part kind, std::string& out) {
  for (size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] == '+' && kind == part::query) {
      out += ' ';
    } else if (raw[i] != '%') {
      out += raw[i];
    } else {
      int high = i + 2 < raw.size() ? hex(raw[i + 1]) : -1;
      int low = i + 2 < raw.size() ? hex(raw[i + 2]) : -1;
      if (high < 0 || low < 0)
        return "has an incomplete percent escape";
      char c = static_cast<char>(high * 16 + low);
      if (c == 0)
        return "contains an encoded NUL";
      out += c;
      i += 2;
    }
  }
  return nullptr;
}

std::string_view cut(std::string_view& rest, char separator) {
  auto end = rest.find(separator);
  auto head = rest.substr(0, end);
  rest = end == rest.npos ? std::string_view{} : rest.substr(end + 1);
  return head;
}

failure bad(const char* why) {
  return {errc::invalid, std::string("the request target ") + why};
}

} // namespace target_detail

result<done> parse_target(std::string_view raw, target& into) {
  using namespace target_detail;
  if (!raw.starts_with('/') && raw != "*") {
    auto scheme = raw.find("://");
    auto name = raw.substr(0, scheme);
    if (scheme == raw.npos
        || !(same_name(name, "http") || same_name(name, "https")))
      return bad("is neither a path nor an http URL");
    auto path = raw.find_first_of("/?", scheme + 3);
    raw = path == raw.npos ? "/" : raw.substr(path);
  }
  raw = raw.substr(0, raw.find('#'));
  into.text.clear();
  into.text.reserve(raw.size());
  into.segments.clear();
  into.query.clear();
  auto mark = raw.find('?');
  auto path = raw.substr(0, mark);
  auto query = mark == raw.npos ? std::string_view{} : raw.substr(mark + 1);
  auto decoded = [&](std::string_view part_text, part kind, const char*& why) {
    auto from = into.text.size();
    why = decode(part_text, kind, into.text);
    return std::string_view(into.text).substr(from);
  };
  const char* why = nullptr;
  if (path.starts_with('/'))
    path.remove_prefix(1);
  while (!path.empty()) {
    into.segments.push_back(decoded(cut(path, '/'), part::path, why));
    if (why)
      return bad(why);
  }
  while (!query.empty()) {
    auto value = cut(query, '&');
    if (value.empty())
      continue;
    auto name = decoded(cut(value, '='), part::query, why);
    if (why)
      return bad(why);
    into.query.emplace_back(name, decoded(value, part::query, why));
    if (why)
      return bad(why);
  }
  if (!is_utf8(into.text))
    return bad("is not UTF-8");
  return done{};
}

} // namespace tutti::rest
