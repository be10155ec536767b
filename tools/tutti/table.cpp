#include "tools/tutti/table.hpp"

#include <algorithm>

namespace tutti::cli {

namespace table_detail {

/// Code points; close enough to columns for names and numbers.
size_t width_of(std::string_view text) {
  return static_cast<size_t>(std::count_if(
      text.begin(), text.end(), [](unsigned char c) { return c >> 6 != 2; }));
}

std::string_view first_columns(std::string_view text, size_t columns) {
  size_t i = 0;
  for (; i < text.size(); ++i)
    if (static_cast<unsigned char>(text[i]) >> 6 != 2 && columns-- == 0)
      break;
  return text.substr(0, i);
}

std::string one_line(std::string text) {
  for (auto& c : text)
    if (static_cast<unsigned char>(c) < 32 || c == 127)
      c = ' ';
  return text.empty() ? "-" : text;
}

} // namespace table_detail

tone tone_of(std::string_view status) {
  if (status == "COMPLETED")
    return tone::good;
  if (status == "RUNNING" || status == "IN_PROGRESS" || status == "SCHEDULED"
      || status == "PAUSED")
    return tone::busy;
  if (status == "CANCELED" || status == "SKIPPED")
    return tone::dim;
  return status.empty() || status == "-" ? tone::plain : tone::bad;
}

std::string painted(std::string_view text, tone look, bool colour) {
  const char* code = nullptr;
  switch (look) {
    case tone::plain:
      break;
    case tone::good:
      code = "\x1b[32m";
      break;
    case tone::bad:
      code = "\x1b[31m";
      break;
    case tone::busy:
      code = "\x1b[33m";
      break;
    case tone::dim:
      code = "\x1b[2m";
      break;
  }
  if (!colour || !code)
    return std::string(text);
  return code + std::string(text) + "\x1b[0m";
}

table::table(std::vector<std::string> headings)
    : headings_(std::move(headings)) {}

void table::add(std::vector<cell> row) {
  row.resize(headings_.size(), cell("-"));
  for (auto& c : row)
    c.text = table_detail::one_line(std::move(c.text));
  rows_.push_back(std::move(row));
}

std::string table::render(size_t width, bool colour) const {
  using namespace table_detail;
  std::vector<size_t> widths;
  for (size_t i = 0; i < headings_.size(); ++i) {
    widths.push_back(width_of(headings_[i]));
    for (auto& row : rows_)
      widths[i] = std::max(widths[i], width_of(row[i].text));
  }
  std::string out;
  auto line = [&](auto&& text_at, auto&& look_at) {
    size_t column = 0;
    for (size_t i = 0; i < headings_.size(); ++i) {
      bool last = i + 1 == headings_.size();
      std::string_view text = text_at(i);
      auto used = width_of(text);
      if (width && column + used > width) {
        text = first_columns(text, width > column ? width - column : 0);
        used = width_of(text);
      }
      out += painted(text, look_at(i), colour);
      if (!last)
        out.append(widths[i] - std::min(used, widths[i]) + 2, ' ');
      column += widths[i] + 2;
      if (width && column >= width)
        break;
    }
    out.erase(out.find_last_not_of(' ') + 1);
    out += '\n';
  };
  line([&](size_t i) -> std::string_view { return headings_[i]; },
       [](size_t) { return tone::dim; });
  for (auto& row : rows_)
    line([&](size_t i) -> std::string_view { return row[i].text; },
         [&](size_t i) { return row[i].look; });
  return out;
}

} // namespace tutti::cli
