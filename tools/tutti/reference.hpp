#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tutti::cli {

/// A page of api/reference/, compiled in by tools/cmake/reference.cmake.
struct reference_page {
  std::string_view path; ///< below api/reference: "tasks/join.md"
  std::string_view text;

  std::string_view topic() const; ///< "join"; of the first page "reference"
  std::string_view title() const; ///< its first heading
};

/// In the order of their paths.
std::span<const reference_page> reference_pages();

/// "FORK_JOIN_DYNAMIC" and "Fork join dynamic" are "fork-join-dynamic".
std::string topic_word(std::string_view text);

/// The part of a page under the heading with this anchor, up to the next
/// heading that is not below it; empty without one.
std::string_view section_of(std::string_view page, std::string_view anchor);

/// The anchors of a page in their order: headings in lower case, blanks as "-".
std::vector<std::string> anchors_of(std::string_view page);

} // namespace tutti::cli
