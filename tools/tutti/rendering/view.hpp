#pragma once

#include "tools/tutti/rendering/format.hpp"
#include "tools/tutti/table.hpp"

#include <nlohmann/json.hpp>

#include <functional>
#include <string>
#include <vector>

namespace tutti::cli {

/// One column of a table and of CSV: its heading and an item's cell.
struct column {
  std::string heading;
  std::function<cell(const nlohmann::json& item)> show;
  bool wide = false; ///< of `-o wide` and CSV only
};

// Columns of a member of the item; `key` may be a JSON pointer ("/a/b").
// Absent members are "-", in CSV empty.
column text_column(std::string heading, std::string key);
column number_column(std::string heading, std::string key);
/// In the colour of the status.
column status_column(std::string heading, std::string key);
/// Epoch ms: local time for people, ISO 8601 in UTC for CSV.
column time_column(std::string heading, std::string key);
/// A number of `unit_ms` each: "3 min 4 s" for people, milliseconds for CSV;
/// 0 is "-".
column duration_column(std::string heading, std::string key,
                       int64_t unit_ms = 1);
/// A list of texts or a value as compact JSON.
column value_column(std::string heading, std::string key);
/// What a function makes of the item.
column made_column(std::string heading,
                   std::function<cell(const nlohmann::json&)> show);
column wide(column x);

struct canvas {
  output_format format = output_format::table;
  size_t width = 0; ///< of the terminal; 0: lines are not cut
  bool colour = false;
};

/// How an answer looks in every format. A verb describes its answer with one of
/// these and hands both to `session::show`; no verb has a case per format.
///
/// json and yaml are the answer itself. table, wide, csv, ndjson and name are
/// about its rows: the answer when it is a list, else what `rows` takes out
/// of it, else the answer as the only row.
struct view {
  std::vector<column> columns;
  /// Member that `-o name` prints: what other verbs take as an argument.
  std::string name_key = {};
  /// Where a member is not enough.
  std::function<std::string(const nlohmann::json& row)> name = {};
  std::function<nlohmann::json(const nlohmann::json& answer)> rows = {};
  /// Text for people instead of the table.
  std::function<std::string(const nlohmann::json& answer, const canvas&)> detail
      = {};
  /// A note for people when there are no rows.
  std::string none = {};
};

/// The one renderer; it ends with a line break unless there is nothing.
std::string render(const nlohmann::json& answer, const view& as,
                   const canvas& on);

/// The rows of an answer, see `view`.
nlohmann::json rows_of(const nlohmann::json& answer, const view& as);

} // namespace tutti::cli
