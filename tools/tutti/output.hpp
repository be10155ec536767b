#pragma once

#include "messages/model/result.hpp"
#include "tools/tutti/exit_code.hpp"
#include "tools/tutti/rendering/format.hpp"
#include "tools/tutti/table.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace tutti::cli {

// Data goes to stdout, everything else to stderr.

/// How the process speaks; `main` sets it before anything is said.
struct manner {
  output_format format = output_format::table;
  bool quiet = false; ///< no notes
};
manner& how_to_speak();

bool colour_on_stdout();
/// Columns of the terminal on stdout; 0 without one.
size_t stdout_columns();

void print(const table& rows);
void print(const nlohmann::json& value);
void print_line(std::string_view text);
/// A sentence on stderr: a line, or {"note": ...} where errors are JSON.
void note(std::string_view text);

/// Says the failure and what to try next on stderr; returns its exit code.
/// Without `next` the hint depends on the kind of failure. As JSON where the
/// output is: {"error", "code", "message", "violations", "try"} on one line.
int failed(const failure& why, std::string_view next = {});
/// The same for a code that no failure of the API has.
int failed(int code, std::string_view why, std::string_view next);
/// The same for a misused command line; returns `exit_misused`.
int misused(std::string_view why, std::string_view next);

/// Asks on the terminal; without a terminal true only with `yes`.
bool confirmed(std::string_view what, bool yes);

/// "2026-03-01 12:00:00" in local time; "-" for 0.
std::string time_text(int64_t epoch_ms);
/// "640 ms", "1.2 s", "3 min 4 s", "2 h 5 min".
std::string duration_text(int64_t ms);

/// Members of JSON answers; a default when absent or of another type.
std::string text_at(const nlohmann::json& object, const char* key);
int64_t number_at(const nlohmann::json& object, const char* key);

} // namespace tutti::cli
