#pragma once

#include "tools/tutti/definitions/definition.hpp"

#include <string>
#include <vector>

namespace tutti::cli {

/// What files hold, when nothing else says which kind it is.
struct source_options {
  std::optional<kind> only; ///< another kind is refused
};

/// The definitions of files, of folders (every *.json, *.yaml and *.yml below
/// them, scenario files aside), and of stdin ("-"). A file holds one
/// definition, a list of them, several documents, or lists under the names
/// of kinds, as exports and a server's dump have them. Failures are
/// errc::not_found for what cannot be read, errc::conflict for another kind
/// than `only`, errc::invalid with file, line and column for the rest.
result<std::vector<definition>>
read_definitions(const std::vector<std::string>& sources,
                 const source_options& how);

/// The same of a text; `file` is named in messages.
result<std::vector<definition>> definitions_in(std::string_view text,
                                               const std::string& file,
                                               const source_options& how);

} // namespace tutti::cli
