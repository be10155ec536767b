#include "tools/tutti/testing/document.hpp"

#include "messages/model/payload.hpp"
#include "tools/tutti/json_input.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace tutti::cli {

namespace document_detail {

using nlohmann::json;

constexpr size_t nodes_max = 1'000'000; ///< aliases repeat the values they name
constexpr int depth_max = 200;

template <class T>
std::optional<T> number(std::string_view text) {
  T out{};
  if (text.starts_with('+'))
    text.remove_prefix(1);
  auto [end, why]
      = std::from_chars(text.data(), text.data() + text.size(), out);
  if (why != std::errc() || end != text.data() + text.size())
    return std::nullopt;
  return out;
}

bool one_of(std::string_view text, std::initializer_list<const char*> words) {
  for (auto* word : words)
    if (text == word)
      return true;
  return false;
}

/// An unquoted scalar, by YAML's core schema.
json plain(const std::string& text) {
  if (one_of(text, {"", "~", "null", "Null", "NULL"}))
    return nullptr;
  if (one_of(text, {"true", "True", "TRUE"}))
    return true;
  if (one_of(text, {"false", "False", "FALSE"}))
    return false;
  if (auto x = number<int64_t>(text))
    return *x;
  if (auto x = number<uint64_t>(text))
    return *x;
  // "nan" and "inf" are texts: JSON has no such numbers.
  if (text.find_first_of("0123456789") != text.npos)
    if (auto x = number<double>(text))
      return *x;
  return text;
}

/// Digits only, but more than 64 bits.
bool is_past_64_bits(const std::string& text) {
  auto from = text.find_first_not_of("+-") == 1 ? size_t(1) : size_t(0);
  return from < text.size()
         && text.find_first_not_of("0123456789", from) == text.npos
         && !number<int64_t>(text) && !number<uint64_t>(text);
}

/// An error in a file and its location.
struct trouble {
  int line = 0;
  std::string sentence;
};

class reader {
 public:
  explicit reader(std::map<std::string, text_place>& places)
      : places_(places) {}

  json read(const YAML::Node& from, const std::string& at, int depth = 0) {
    auto line = from.Mark().line + 1;
    if (++nodes_ > nodes_max || depth > depth_max)
      throw trouble{line, "there is too much in it"};
    places_[at] = {line, from.Mark().column + 1};
    switch (from.Type()) {
      case YAML::NodeType::Undefined:
      case YAML::NodeType::Null:
        return nullptr;
      case YAML::NodeType::Scalar:
        if (from.Tag() != "!" && is_past_64_bits(from.Scalar()))
          throw trouble{line, "the number " + from.Scalar()
                                  + " does not fit 64 bits: quote it"};
        return from.Tag() == "!" ? json(from.Scalar()) : plain(from.Scalar());
      case YAML::NodeType::Sequence: {
        auto out = json::array();
        for (auto& item : from)
          out.push_back(
              read(item, at + "/" + std::to_string(out.size()), depth + 1));
        return out;
      }
      case YAML::NodeType::Map: {
        auto out = json::object();
        for (auto& entry : from) {
          if (!entry.first.IsScalar())
            throw trouble{line, "a key must be a text"};
          auto key = entry.first.Scalar();
          auto key_line = entry.first.Mark().line + 1;
          if (out.contains(key))
            throw trouble{key_line, "'" + key + "' is there twice"};
          auto inner = at + pointer_step(key);
          out[key] = read(entry.second, inner, depth + 1);
          places_[inner] = {key_line, entry.first.Mark().column + 1};
        }
        return out;
      }
    }
    return nullptr;
  }

 private:
  std::map<std::string, text_place>& places_;
  size_t nodes_ = 0;
};

failure at_place(const std::string& file, text_place at,
                 const std::string& what) {
  auto where = file;
  for (auto number : {at.line, at.column})
    if (number > 0)
      where += ":" + std::to_string(number);
  return {errc::invalid, where + ": " + what, {}};
}

failure at_line(const std::string& file, int line, const std::string& what) {
  return at_place(file, {line, 0}, what);
}

text_place place_at(std::string_view text, size_t byte) {
  auto before = text.substr(0, std::min(byte, text.size()));
  auto line = std::count(before.begin(), before.end(), '\n') + 1;
  auto begin = before.rfind('\n') + 1; // npos + 1 is 0
  return {static_cast<int>(line), static_cast<int>(byte - begin + 1)};
}

/// Where JSON ends to be JSON, in the words of a parser that knows.
failure json_failure(std::string_view text, const std::string& file,
                     const failure& why) {
  if (text.starts_with("\xEF\xBB\xBF"))
    text.remove_prefix(3);
  try {
    [[maybe_unused]] auto parsed = json::parse(text);
  } catch (const json::parse_error& x) {
    // "[json.exception.parse_error.101] parse error at line 1, column 2: ..."
    std::string_view words = x.what();
    auto colon = words.find(": ", words.find("parse error"));
    if (colon != words.npos)
      words.remove_prefix(colon + 2);
    return at_place(file, place_at(text, x.byte > 0 ? x.byte - 1 : 0),
                    std::string(words));
  } catch (const json::exception&) {
    return at_line(file, 0, why.message);
  }
  // Well-formed, but not taken: too deep, or a number too large.
  return at_line(file, 0, why.message);
}

bool begins_like_json(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF"))
    text.remove_prefix(3);
  auto first = text.find_first_not_of(" \t\r\n");
  return first != text.npos && (text[first] == '{' || text[first] == '[');
}

/// The lines of a text that holds one JSON object on each.
std::vector<std::pair<int, std::string_view>>
json_lines(std::string_view text) {
  std::vector<std::pair<int, std::string_view>> out;
  for (int number = 1; !text.empty(); ++number) {
    auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.find_first_not_of(" \t\r") == line.npos)
      continue;
    if (line.front() != '{')
      return {};
    out.emplace_back(number, line);
  }
  return out.size() > 1 ? out : decltype(out){};
}

} // namespace document_detail

std::string pointer_step(const std::string& key) {
  std::string out = "/";
  for (char c : key)
    out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  return out;
}

result<document> document::read(const std::string& file) {
  auto text = read_source(file);
  if (!text)
    return text.failure();
  return parse(*text, file);
}

result<document> document::parse(std::string_view text, std::string file) {
  using namespace document_detail;
  document out;
  out.file_ = std::move(file);
  if (out.file_.ends_with(".json")) {
    auto value = parse_json(text);
    if (!value)
      return json_failure(text, out.file_, value.failure());
    out.value_ = std::move(*value);
    return out;
  }
  try {
    out.value_ = reader(out.places_).read(YAML::Load(std::string(text)), "");
  } catch (const trouble& x) {
    return at_line(out.file_, x.line, x.sentence);
  } catch (const YAML::Exception& x) {
    return at_place(out.file_, {x.mark.line + 1, x.mark.column + 1}, x.msg);
  }
  return out;
}

result<std::vector<document>>
document::yaml_documents(std::string_view text, const std::string& file) {
  using namespace document_detail;
  std::vector<document> out;
  try {
    for (auto& node : YAML::LoadAll(std::string(text))) {
      document one;
      one.file_ = file;
      one.value_ = reader(one.places_).read(node, "");
      // Nothing between two "---".
      if (!one.value_.is_null())
        out.push_back(std::move(one));
    }
  } catch (const trouble& x) {
    return at_line(file, x.line, x.sentence);
  } catch (const YAML::Exception& x) {
    return at_place(file, {x.mark.line + 1, x.mark.column + 1}, x.msg);
  }
  return out;
}

result<std::vector<document>> document::parse_all(std::string_view text,
                                                  const std::string& file) {
  using namespace document_detail;
  std::vector<document> out;
  if (file.ends_with(".json") || begins_like_json(text)) {
    auto whole = parse_json(text);
    if (whole) {
      document one;
      one.file_ = file;
      one.value_ = std::move(*whole);
      // YAML's reader knows where values stand, and JSON is YAML. What it
      // takes for something else has no places; the values are those above.
      try {
        reader(one.places_).read(YAML::Load(std::string(text)), "");
      } catch (const trouble&) {
        one.places_.clear();
      } catch (const YAML::Exception&) {
        one.places_.clear();
      }
      out.push_back(std::move(one));
      return out;
    }
    auto lines = json_lines(text);
    bool maybe_yaml = file.ends_with(".yaml") || file.ends_with(".yml");
    if (lines.empty() && maybe_yaml)
      return yaml_documents(text, file);
    if (lines.empty())
      return json_failure(text, file, whole.failure());
    for (auto& [number, line] : lines) {
      auto value = parse_json(line);
      if (!value) {
        auto name = file + ":" + std::to_string(number);
        return json_failure(line, name, value.failure());
      }
      document one;
      one.file_ = file;
      one.value_ = std::move(*value);
      one.places_[""] = {number, 1};
      out.push_back(std::move(one));
    }
    return out;
  }
  return yaml_documents(text, file);
}

text_place document::place_of(std::string pointer) const {
  auto i = places_.find(pointer);
  while (i == places_.end() && !pointer.empty()) {
    pointer.resize(pointer.rfind('/'));
    i = places_.find(pointer);
  }
  return i == places_.end() ? text_place{} : i->second;
}

failure document::wrong(std::string pointer,
                        const std::string& sentence) const {
  return document_detail::at_line(file_, place_of(std::move(pointer)).line,
                                  sentence);
}

} // namespace tutti::cli
