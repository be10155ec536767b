#include "messages/model/violations.hpp"

#include <algorithm>
#include <utility>

namespace tutti {

std::string shortened(std::string_view text, size_t characters_max) {
  constexpr std::string_view dots = "...";
  if (text.size() <= characters_max)
    return std::string(text);
  auto kept = characters_max - std::min(characters_max, dots.size());
  size_t characters = 0, end = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    bool starts = (uint8_t(text[i]) & 0xC0) != 0x80;
    if (!starts)
      continue;
    if (characters == kept)
      end = i;
    if (characters++ == characters_max)
      return std::string(text.substr(0, end)).append(dots);
  }
  return std::string(text);
}

std::string short_name(std::string_view name) {
  return "'" + shortened(name, 100) + "'";
}

void violations::add(std::string path, std::string message,
                     std::optional<std::string> value) {
  if (++count_ > shown_max)
    return;
  for (auto* text : {&path, &message})
    if (text->size() > characters_max)
      *text = shortened(*text, characters_max);
  if (value)
    value = shortened(*value, characters_max);
  shown_.push_back({std::move(path), std::move(message), std::move(value)});
}

void violations::add(std::vector<violation> list) {
  for (auto& x : list)
    add(std::move(x.path), std::move(x.message), std::move(x.invalid_value));
}

void violations::at_least(const std::string& path, std::string_view field,
                          int64_t value, int64_t min) {
  if (value < min)
    add(path + "." + std::string(field),
        std::string(field) + ": " + std::to_string(value)
            + " should be at least " + std::to_string(min),
        std::to_string(value));
}

void violations::not_empty(const std::string& path, std::string_view field,
                           const std::string& value, std::string message) {
  if (value.empty())
    add(path + "." + std::string(field), std::move(message));
}

std::vector<violation> violations::take() && {
  if (count_ > shown_.size())
    shown_.push_back(
        {"", "... and " + std::to_string(count_ - shown_.size()) + " more",
         std::nullopt});
  return std::move(shown_);
}

} // namespace tutti
