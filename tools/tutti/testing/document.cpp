#include "tools/tutti/testing/document.hpp"

#include "messages/model/payload.hpp"
#include "tools/tutti/json_input.hpp"

#include <yaml-cpp/yaml.h>

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
  explicit reader(std::map<std::string, int>& lines) : lines_(lines) {}

  json read(const YAML::Node& from, const std::string& at, int depth = 0) {
    auto line = from.Mark().line + 1;
    if (++nodes_ > nodes_max || depth > depth_max)
      throw trouble{line, "there is too much in it"};
    lines_[at] = line;
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
          lines_[inner] = key_line;
        }
        return out;
      }
    }
    return nullptr;
  }

 private:
  std::map<std::string, int>& lines_;
  size_t nodes_ = 0;
};

failure at_line(const std::string& file, int line, const std::string& what) {
  auto where = line > 0 ? file + ":" + std::to_string(line) : file;
  return {errc::invalid, where + ": " + what, {}};
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
      return at_line(out.file_, 0, value.failure().message);
    out.value_ = std::move(*value);
    return out;
  }
  try {
    out.value_ = reader(out.lines_).read(YAML::Load(std::string(text)), "");
  } catch (const trouble& x) {
    return at_line(out.file_, x.line, x.sentence);
  } catch (const YAML::Exception& x) {
    return at_line(out.file_, x.mark.line + 1, x.msg);
  }
  return out;
}

failure document::wrong(std::string pointer,
                        const std::string& sentence) const {
  auto i = lines_.find(pointer);
  while (i == lines_.end() && !pointer.empty()) {
    pointer.resize(pointer.rfind('/'));
    i = lines_.find(pointer);
  }
  return document_detail::at_line(file_, i == lines_.end() ? 0 : i->second,
                                  sentence);
}

} // namespace tutti::cli
