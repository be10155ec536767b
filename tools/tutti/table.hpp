#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tutti::cli {

/// The colour of a cell on a terminal; files get plain text.
enum class tone { plain, good, bad, busy, dim };

struct cell {
  std::string text;
  tone look = tone::plain;
  /// What programs read instead (CSV); absent: the text.
  std::optional<std::string> raw = {};
  cell(std::string t, tone l = tone::plain) : text(std::move(t)), look(l) {}
  cell(const char* t, tone l = tone::plain) : text(t), look(l) {}
};

/// The tone of a workflow's or task's status.
tone tone_of(std::string_view status);

/// `text`, in colour when `colour`.
std::string painted(std::string_view text, tone look, bool colour);

/// Columns as wide as their content, two blanks between, no ruler: made to be
/// read by people and by `awk`.
class table {
 public:
  explicit table(std::vector<std::string> headings);
  /// Missing cells become "-".
  void add(std::vector<cell> row);
  bool empty() const { return rows_.empty(); }

  /// Cuts each line at `width` columns unless it is 0. Control characters and
  /// line breaks become blanks.
  std::string render(size_t width = 0, bool colour = false) const;

 private:
  std::vector<std::string> headings_;
  std::vector<std::vector<cell>> rows_;
};

} // namespace tutti::cli
