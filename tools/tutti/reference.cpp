#include "tools/tutti/reference.hpp"

#include <algorithm>
#include <cctype>

namespace tutti::cli {

namespace reference_detail {

struct heading {
  size_t level; ///< number of '#'
  size_t begin; ///< of its line
  std::string_view text;
};

/// A "#" inside of a code block is no heading.
std::vector<heading> headings_of(std::string_view page) {
  std::vector<heading> out;
  bool fenced = false;
  for (size_t begin = 0; begin < page.size();) {
    auto end = std::min(page.find('\n', begin), page.size());
    auto line = page.substr(begin, end - begin);
    if (line.starts_with("```"))
      fenced = !fenced;
    auto level = line.find_first_not_of('#');
    if (!fenced && level != line.npos && level > 0 && line[level] == ' ')
      out.push_back({level, begin, line.substr(level + 1)});
    begin = end + 1;
  }
  return out;
}

std::string anchor(std::string_view heading) {
  std::string out;
  for (char c : heading)
    if (c == ' ')
      out += '-';
    else if (std::isalnum(static_cast<unsigned char>(c)) || c == '-'
             || c == '_')
      out += char(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

} // namespace reference_detail

std::string_view reference_page::topic() const {
  if (path == "README.md")
    return "reference";
  auto name = path.substr(path.rfind('/') + 1); // npos + 1 is 0
  return name.substr(0, name.size() - std::string_view(".md").size());
}

std::string_view reference_page::title() const {
  auto all = reference_detail::headings_of(text);
  return all.empty() ? std::string_view() : all.front().text;
}

std::string topic_word(std::string_view text) {
  auto out = reference_detail::anchor(text);
  for (char& c : out)
    if (c == '_')
      c = '-';
  return out;
}

std::string_view section_of(std::string_view page, std::string_view anchor) {
  auto all = reference_detail::headings_of(page);
  for (size_t i = 0; i < all.size(); ++i) {
    if (topic_word(all[i].text) != topic_word(anchor))
      continue;
    auto next = i + 1;
    while (next < all.size() && all[next].level > all[i].level)
      ++next;
    auto end = next < all.size() ? all[next].begin : page.size();
    return page.substr(all[i].begin, end - all[i].begin);
  }
  return {};
}

std::vector<std::string> anchors_of(std::string_view page) {
  std::vector<std::string> out;
  for (auto& x : reference_detail::headings_of(page))
    out.push_back(reference_detail::anchor(x.text));
  return out;
}

} // namespace tutti::cli
