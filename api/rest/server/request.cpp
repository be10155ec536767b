#include "api/rest/server/request.hpp"

#include "api/rest/server/text.hpp"

#include <array>
#include <utility>

namespace tutti::rest {

namespace request_detail {

constexpr std::array<std::pair<std::string_view, method>, 7> methods = {{
    {"GET", method::get},
    {"POST", method::post},
    {"PUT", method::put},
    {"DELETE", method::delete_},
    {"HEAD", method::head},
    {"PATCH", method::patch},
    {"OPTIONS", method::options},
}};

} // namespace request_detail

method to_method(std::string_view name) {
  for (auto& [text, value] : request_detail::methods)
    if (text == name)
      return value;
  return method::other;
}

std::string_view to_string(method x) {
  for (auto& [text, value] : request_detail::methods)
    if (value == x)
      return text;
  return "other";
}

std::optional<std::string_view> request::header(std::string_view name) const {
  std::string_view text = text_;
  for (auto& f : fields_)
    if (same_name(text.substr(f.name_at, f.value_at - f.name_at), name))
      return text.substr(f.value_at, f.end - f.value_at);
  return std::nullopt;
}

void request::add_header(std::string_view name, std::string_view value) {
  if (fields_.empty()) {
    fields_.reserve(12);
    text_.reserve(512);
  }
  auto at = static_cast<uint32_t>(text_.size());
  text_.append(name).append(value);
  fields_.push_back({at, at + static_cast<uint32_t>(name.size()),
                     static_cast<uint32_t>(text_.size())});
}

} // namespace tutti::rest
