#pragma once

#include "messages/model/result.hpp"
#include "tools/tutti/table.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace tutti::cli {

/// Exit codes: 0 done, 1 failed, 2 misused, 3 there is no such thing, 128 + n
/// ended by signal n.
constexpr int exit_done = 0;
constexpr int exit_failed = 1;
constexpr int exit_misused = 2;
constexpr int exit_not_found = 3;

// Data goes to stdout, everything else to stderr.

bool colour_on_stdout();
/// Columns of the terminal on stdout; 0 without one.
size_t stdout_columns();

void print(const table& rows);
void print(const nlohmann::json& value);
void print_line(std::string_view text);
void note(std::string_view text);

/// Prints the failure and what to try next; returns `exit_failed`, or
/// `exit_not_found` when the thing that was named is not there. Without
/// `next` the hint depends on the kind of failure.
int failed(const failure& why, std::string_view next = {});
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
