#pragma once

#include "tools/tutti/definitions/kind.hpp"
#include "tools/tutti/session.hpp"

#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

namespace tutti::cli {

/// What `apply`, `diff` and `validate` read.
struct apply_options {
  std::vector<std::string> files;
  std::optional<kind> only;
  bool strict = false, dry_run = false;
};

int apply(session& s, const apply_options& o);
/// Exit code 1 when something differs.
int diff(session& s, const apply_options& o);
int validate_files(session& s, const apply_options& o, bool local);

CLI::App* add_apply(CLI::App& noun, session& s, std::optional<kind> only,
                    std::initializer_list<const char*> how);
/// Tags and rate limits.
void add_definition_notes(CLI::App& noun, session& s);
/// --kind
void add_kind_option(CLI::App& verb, std::optional<kind>& which);

/// "workflow/greet", for completion.
name_source definition_names(session& s);

} // namespace tutti::cli
