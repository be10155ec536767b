#include "tools/tutti/rendering/format.hpp"

#include <algorithm>

namespace tutti::cli {

const std::vector<std::string>& format_names() {
  static const std::vector<std::string> all{"table", "wide", "json", "ndjson",
                                            "yaml",  "csv",  "name"};
  return all;
}

std::optional<output_format> format_of(std::string_view name) {
  auto& all = format_names();
  auto i = std::ranges::find(all, name);
  if (i == all.end())
    return std::nullopt;
  return static_cast<output_format>(i - all.begin());
}

output_format asked_format(const std::vector<std::string>& words) {
  auto out = output_format::table;
  auto take
      = [&](std::string_view name) { out = format_of(name).value_or(out); };
  for (size_t i = 0; i < words.size(); ++i) {
    std::string_view word = words[i];
    if (word == "-o" || word == "--output") {
      if (i + 1 < words.size())
        take(words[++i]);
    } else if (word.starts_with("--output=")) {
      take(word.substr(sizeof "--output=" - 1));
    } else if (word.starts_with("-o") && !word.starts_with("--")) {
      take(word.substr(word.starts_with("-o=") ? 3 : 2));
    }
  }
  return out;
}

} // namespace tutti::cli
