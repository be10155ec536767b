#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tutti::cli {

/// What `-o` names.
enum class output_format { table, wide, json, ndjson, yaml, csv, name };

/// In the order in which help lists them.
const std::vector<std::string>& format_names();
std::optional<output_format> format_of(std::string_view name);

/// Errors are JSON on stderr, too.
constexpr bool is_json(output_format x) {
  return x == output_format::json || x == output_format::ndjson;
}
/// Made for people's eyes: may be cut at the width of the terminal.
constexpr bool is_table(output_format x) {
  return x == output_format::table || x == output_format::wide;
}

/// The format that a command line asks for, before it is parsed: what is wrong
/// with it must be told in that format.
output_format asked_format(const std::vector<std::string>& words);

} // namespace tutti::cli
