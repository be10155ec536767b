#include "config/print_config.hpp"

#include "config/setting_table.hpp"

namespace tutti::config {

namespace print_config_detail {

constexpr size_t columns = 78;

/// Writes `text` as comment lines, wrapped between words.
void comment(std::string& out, std::string_view text) {
  size_t column = 0;
  while (!text.empty()) {
    auto end = text.find(' ');
    auto word = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    if (column == 0 || column + 1 + word.size() > columns) {
      out += column == 0 ? "#" : "\n#";
      column = 1;
    }
    out += ' ';
    out += word;
    column += 1 + word.size();
  }
  out += '\n';
}

} // namespace print_config_detail

std::string print_config(const settings& x) {
  using print_config_detail::comment;
  std::string out;
  comment(out, "Settings of tuttid: tuttid --config FILE. The environment "
               "(TUTTI_SECTION_KEY) wins over this file, and flags (--set "
               "section.key=value) over both. What is left out keeps the "
               "default. The reference: tutti docs settings, or "
               "api/reference/settings.md.");
  for (auto& section : all_sections()) {
    out += '\n';
    comment(out, section.doc);
    out += '[' + std::string(section.name) + "]\n";
    for (auto& what : all_settings()) {
      if (what.section != section.name)
        continue;
      out += '\n';
      comment(out, std::string(what.doc) + " (" + what.rule() + ')');
      out += std::string(what.name) + " = " + written(x, what) + '\n';
    }
  }
  return out;
}

} // namespace tutti::config
