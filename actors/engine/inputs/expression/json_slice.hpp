#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace tutti::engine {

// Reads valid JSON text without parsing all of it: `${t1.output.id}` scans t1's
// output up to `id`.

/// The text of an object's member; of duplicate members the last, as parsers
/// do. nullopt when there is none, or `json` is not an object.
std::optional<std::string_view> member_of(std::string_view json,
                                          std::string_view name);

/// The text of a list's element, likewise.
std::optional<std::string_view> element_of(std::string_view json, size_t index);

/// Appends a JSON value as Java prints it: null -> `null`, 2.0 -> `2.0`,
/// strings without quotes, maps `{k=v, k2=v2}` in the order of the text,
/// lists `[a, b]`.
void append_java_text(std::string& out, std::string_view json);

} // namespace tutti::engine
